// Reads Markdown beside the page: a text that takes the parser forever, or overflows it, does not take the page along.

import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

import type { Said } from "./markdown-reader";
import { keep } from "./marks";
import type { Marks, Tree } from "./marks";

function read(text: string): Marks {
  let found: Marks = { nodes: [], cut: false };
  const take = () => (tree: Tree) => {
    found = keep(tree);
    // Nothing is left to be drawn here.
    return { type: "root", children: [] };
  };
  Markdown({ children: text, remarkPlugins: [remarkGfm], rehypePlugins: [take as never] });
  return found;
}

const say = (said: Said) => self.postMessage(said);

self.onmessage = ({ data }: MessageEvent<{ id: number; text: string }>) => {
  try {
    say({ id: data.id, marks: read(data.text) });
  } catch {
    say({ id: data.id });
  }
};
say({ there: true });
