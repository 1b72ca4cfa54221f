import { describe, expect, it } from "vitest";

import { shownAs } from "./kinds";
import { keep } from "./marks";
import type { Tree } from "./marks";

const element = (tagName: string, children: Tree[] = [], properties: Record<string, unknown> = {}): Tree => ({ type: "element", tagName, children, properties });

describe("Markdown", () => {
  it("keeps what is on the list, and its text of the rest", () => {
    const tree = { type: "root", children: [element("script", [{ type: "text", value: "alert(1)" }]), { type: "raw", value: "<b onclick=x>" }, element("a", [], { href: "x:y", onClick: "z" })] };
    expect(keep(tree)).toEqual({ nodes: ["alert(1)", "<b onclick=x>", { tag: "a", kids: [], href: "x:y" }], cut: false });
  });

  it("is cut where it goes too deep", () => {
    let tree = element("blockquote");
    for (let i = 0; i < 200; i += 1) tree = element("blockquote", [tree]);
    expect(keep({ type: "root", children: [tree] }).cut).toBe(true);
  });
});

describe("an attachment", () => {
  it("is shown as what it is", () => {
    expect(shownAs({ key: "a", type: "json", value: { x: 1 } }).as).toBe("json");
    expect(shownAs({ key: "a.json", type: "text", content: "[1]" })).toEqual({ as: "json", value: [1] });
    expect(shownAs({ key: "a.json", type: "text", content: "[1" }).as).toBe("text");
    expect(shownAs({ key: "notes.md", type: "text", content: "# a" }).as).toBe("markdown");
    expect(shownAs({ key: "x", type: "text", content: "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n" }).as).toBe("diff");
    expect(shownAs({ key: "x", type: "text", mimeType: "image/png", content: "AAAA" })).toEqual({ as: "image", source: "data:image/png;base64,AAAA" });
    expect(shownAs({ key: "x", type: "text", mimeType: "image/svg+xml", content: "AAAA" }).as).toBe("text");
    expect(shownAs({ key: "x", type: "url", url: "data:image/gif;base64,AAAA" }).as).toBe("image");
    expect(shownAs({ key: "x", type: "url", url: "javascript:1" }).as).toBe("url");
    expect(shownAs({ key: "x", type: "binary" }).as).toBe("nothing");
  });
});
