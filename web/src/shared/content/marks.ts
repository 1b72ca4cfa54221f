// What is kept of Markdown: elements from a list, with no attributes but those that are named here. Raw HTML stays text.

export interface Mark {
  tag: string;
  kids: MarkNode[];
  href?: string;
  src?: string;
  alt?: string;
  align?: string;
  start?: number;
  checked?: boolean;
}

export type MarkNode = string | Mark;

/** What the parser makes, as far as it matters here. */
export interface Tree {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Tree[];
}

const TAGS = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del a img hr br table thead tbody tr th td input".split(" "),
);
/** Deeper than this, and more than so many, is nothing that anybody reads. */
const DEEPEST = 40;
const MOST = 20_000;

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

class Keeper {
  #left = MOST;
  cut = false;

  keep(nodes: readonly Tree[], depth: number): MarkNode[] {
    const kept: MarkNode[] = [];
    for (const node of nodes) {
      if (this.#left <= 0 || depth > DEEPEST) {
        this.cut = true;
        break;
      }
      this.#left -= 1;
      if (node.type === "text" || node.type === "raw") kept.push(node.value ?? "");
      else if (node.type === "element") kept.push(...this.#element(node, depth));
    }
    return kept;
  }

  #element(node: Tree, depth: number): MarkNode[] {
    const kids = this.keep(node.children ?? [], depth + 1);
    const tag = node.tagName ?? "";
    if (!TAGS.has(tag)) return kids;
    const { href, src, alt, align, start, checked } = node.properties ?? {};
    const mark: Mark = { tag, kids };
    const [link, source, other, side] = [asText(href), asText(src), asText(alt), asText(align)];
    if (tag === "a" && link !== undefined) mark.href = link;
    if (tag === "img" && source !== undefined) mark.src = source;
    if (tag === "img" && other !== undefined) mark.alt = other;
    if (side === "left" || side === "center" || side === "right") mark.align = side;
    if (tag === "ol" && typeof start === "number") mark.start = start;
    if (tag === "input") mark.checked = checked === true;
    return [mark];
  }
}

export interface Marks {
  nodes: MarkNode[];
  /** Not all of it is there. */
  cut: boolean;
}

export function keep(tree: Tree): Marks {
  const keeper = new Keeper();
  const nodes = keeper.keep(tree.children ?? [], 0);
  return { nodes, cut: keeper.cut };
}
