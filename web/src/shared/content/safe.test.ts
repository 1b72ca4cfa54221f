import { describe, expect, it } from "vitest";

import { imageOf, imageSource, jsonText, line, plain, webLink } from "./safe";

describe("links", () => {
  it("lead to the web", () => {
    expect(webLink("https://example.org/a?b#c")).toBe("https://example.org/a?b#c");
    expect(webLink(" HTTP://example.org ")).toBe("http://example.org/");
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\nscript:alert(1)",
    "\u0001javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "//example.org",
    "/ui/board",
    "https://bank.example@evil.example/",
    "https://",
    "",
    undefined,
    {},
  ])("and nowhere else: %j", (url) => expect(webLink(url)).toBeUndefined());
});

describe("images", () => {
  it("are all there", () => {
    expect(imageSource("data:image/png;base64,AAAA")).toBe("data:image/png;base64,AAAA");
    expect(imageOf("image/JPEG", "AA\nAA")).toBe("data:image/jpeg;base64,AAAA");
  });

  it.each(["https://example.org/a.png", "data:image/svg+xml;base64,AAAA", "data:text/html;base64,AAAA", "data:image/png,<svg>", "data:image/png;base64,\"><script>", "data:image/png;base64,"])(
    "and nothing else: %j",
    (url) => expect(imageSource(url)).toBeUndefined(),
  );
});

describe("text", () => {
  it("hides nothing", () => {
    expect(plain("a\u001b[31mred\u001b[0m\u0000b\r\nc\rd")).toBe("ared␀b\nc␍d");
    expect(plain("invoice\u202Egpj.exe")).toBe("invoice⟦U+202E⟧gpj.exe");
    expect(plain("hi\u{e0041}\u{e0042}")).toBe("hi⟦2 hidden characters⟧");
    expect(plain("a\u001b]8;;http://x\u0007b")).toBe("ab");
  });

  it("fits in a line", () => {
    expect(line("a\n b\t c")).toBe("a b c");
    expect(line("x".repeat(500), 10)).toBe(`${"x".repeat(10)}…`);
  });

  it("is made even of what is nested too deeply", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(jsonText(deep)).toContain("too deeply");
  });
});
