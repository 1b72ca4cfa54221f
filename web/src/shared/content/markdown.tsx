// Shows Markdown: built anew from what the worker has kept of it, element by element.

import { createElement, Fragment, useEffect, useState } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";
import { Sideways } from "@/shared/ui/sideways";
import { Skeleton } from "@/shared/ui/states";

import { WebLink } from "./link";
import { readMarkdown } from "./markdown-reader";
import type { Mark, MarkNode, Marks } from "./marks";
import { imageSource, line, plain, webLink } from "./safe";
import { PlainText } from "./text";

/** A longer text is shown as it is. */
const LONGEST = 300_000;

const LOOKS: Record<string, string> = {
  h1: "mt-4 mb-2 text-lg font-semibold first:mt-0",
  h2: "mt-4 mb-2 text-base font-semibold first:mt-0",
  h3: "mt-3 mb-1.5 font-semibold first:mt-0",
  h4: "mt-3 mb-1 font-semibold first:mt-0",
  h5: "mt-2 mb-1 font-medium",
  h6: "mt-2 mb-1 font-medium text-soft",
  p: "my-2 first:mt-0 last:mb-0",
  ul: "my-2 list-disc pl-6",
  ol: "my-2 list-decimal pl-6",
  li: "my-0.5",
  blockquote: "my-2 border-l-2 border-strong pl-3 text-soft",
  em: "italic",
  strong: "font-semibold",
  del: "line-through",
  hr: "my-4",
  thead: "bg-sunken",
  th: "border px-2 py-1 text-left font-semibold",
  td: "border px-2 py-1 align-top",
};

/** The page has headings of its own above these. */
const HEADINGS: Record<string, string> = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6", h6: "h6" };

const textOf = (nodes: readonly MarkNode[]): string => nodes.map((node) => (typeof node === "string" ? node : textOf(node.kids))).join("");

/** A link that names one place and leads to another says so. */
function Link({ mark }: { mark: Mark }) {
  const said = webLink(textOf(mark.kids));
  const to = webLink(mark.href);
  const host = to === undefined ? undefined : new URL(to).host;
  const differs = said !== undefined && host !== undefined && new URL(said).host !== host;
  return (
    <>
      <WebLink url={mark.href ?? ""}>{draw(mark.kids)}</WebLink>
      {differs && <span className="text-xs text-warn"> (leads to {line(host, 100)})</span>}
    </>
  );
}

function Image({ mark }: { mark: Mark }) {
  const source = imageSource(mark.src);
  const alt = line(mark.alt ?? "", 200);
  if (source !== undefined) return <img src={source} alt={alt} className="my-2 max-h-96 max-w-full rounded border" />;
  // It would be loaded from elsewhere, and tell that place who looks at it.
  return <WebLink url={mark.src ?? ""}>Image{alt === "" ? "" : `: ${alt}`}</WebLink>;
}

function element(mark: Mark, key: number): ReactNode {
  const { tag, kids } = mark;
  switch (tag) {
    case "a":
      return <Link key={key} mark={mark} />;
    case "img":
      return <Image key={key} mark={mark} />;
    case "br":
      return <br key={key} />;
    case "hr":
      return <hr key={key} className={LOOKS["hr"]} />;
    case "input":
      return <input key={key} type="checkbox" checked={mark.checked === true} disabled aria-label={mark.checked === true ? "Done" : "To do"} className="mr-1.5" />;
    case "pre":
      return (
        // What is wide scrolls inside: the keyboard must get there.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre key={key} tabIndex={0} role="group" aria-label="Code" className="my-2 max-h-96 overflow-auto rounded-md border bg-sunken p-3 font-mono text-[13px]">
          {plain(textOf(kids))}
        </pre>
      );
    case "code":
      return (
        <code key={key} className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.92em] [overflow-wrap:anywhere]">
          {plain(textOf(kids))}
        </code>
      );
    case "table":
      return (
        <Sideways key={key} label="Table" className="my-2">
          <table className="border-collapse text-sm">{draw(kids.filter((kid) => typeof kid !== "string"))}</table>
        </Sideways>
      );
    case "thead":
    case "tbody":
    case "tr":
      return createElement(tag, { key, className: LOOKS[tag] }, draw(kids.filter((kid) => typeof kid !== "string")));
    case "th":
    case "td":
      return createElement(tag, { key, className: cn(LOOKS[tag], mark.align === "right" && "text-right", mark.align === "center" && "text-center") }, draw(kids));
    case "ol":
      return (
        <ol key={key} start={mark.start} className={LOOKS["ol"]}>
          {draw(kids)}
        </ol>
      );
    default:
      return createElement(HEADINGS[tag] ?? tag, { key, className: LOOKS[tag] }, draw(kids));
  }
}

function draw(nodes: readonly MarkNode[]): ReactNode {
  return nodes.map((node, place) => (typeof node === "string" ? <Fragment key={place}>{plain(node)}</Fragment> : element(node, place)));
}

export default function MarkdownView({ text }: { text: string }) {
  const [read, setRead] = useState<{ text: string; marks: Marks | undefined }>();
  const long = text.length > LONGEST;
  useEffect(() => {
    if (long) return;
    let wanted = true;
    const reading = readMarkdown(text);
    void reading.marks.then((marks) => {
      if (wanted) setRead({ text, marks });
    });
    return () => {
      wanted = false;
      reading.drop();
    };
  }, [text, long]);
  if (!long && read === undefined) return <Skeleton className="h-16" />;
  const marks = long ? undefined : read?.marks;
  if (marks === undefined)
    return (
      <>
        <p className="mb-2 text-xs text-soft">This is {long ? "too long" : "too intricate"} to be laid out; it is shown as it was written.</p>
        <PlainText text={text} />
      </>
    );
  return (
    <div dir="auto" data-markdown className="max-w-prose [overflow-wrap:anywhere] [unicode-bidi:isolate]">
      {draw(marks.nodes)}
      {marks.cut && <p className="mt-2 text-xs text-soft">What follows, or lies deeper, is left out; “As written” shows it.</p>}
    </div>
  );
}
