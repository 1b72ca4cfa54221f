// What a hostile agent may write. Whatever runs of it sets `window.pwned`, opens a dialog, or asks another host.

const EVIL = "https://evil.example";

/** Short enough for any field. */
export const TEXTS: readonly string[] = [
  "<script>window.pwned=1</script>",
  "<img src=x onerror=window.pwned=1>",
  `<img src="${EVIL}/pixel.png">`,
  `"><svg onload=window.pwned=1>`,
  "<svg><script>window.pwned=1</script></svg>",
  "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
  `<iframe src=javascript:window.pwned=1>`,
  "<details open ontoggle=window.pwned=1>",
  "<input autofocus onfocus=window.pwned=1>",
  `<style>@import url(${EVIL}/a.css);*{background:url(${EVIL}/b.png)}</style>`,
  `<link rel=stylesheet href=${EVIL}/c.css>`,
  `<meta http-equiv=refresh content="0;url=${EVIL}">`,
  `<base href=${EVIL}/>`,
  `<form action=${EVIL}><button autofocus>x</button></form>`,
  `<object data=${EVIL}/x.swf></object><embed src=${EVIL}/y>`,
  "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
  "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">",
  "{{constructor.constructor('window.pwned=1')()}}",
  "${window.pwned=1}",
  "javascript:window.pwned=1",
  "__proto__",
  "constructor",
  "\u202Egnp.exe\u202C and \u2066isolated",
  "\u001b[31mred\u001b[0m \u001b]8;;javascript:window.pwned=1\u0007link\u001b]8;;\u0007 \u001b[2J",
  "bell \u0007 backspace \b delete \u007f",
  "hidden \u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}",
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
  "🏳️‍🌈👩‍👩‍👧‍👦".repeat(10),
];

/** Addresses that lead where nobody should be led. */
export const ADDRESSES: readonly string[] = [
  "javascript:window.pwned=1",
  "JaVaScRiPt:window.pwned=1",
  " javascript:window.pwned=1",
  "java\tscript:window.pwned=1",
  "java\nscript:window.pwned=1",
  "\u0001javascript:window.pwned=1",
  "javascript&colon;window.pwned=1",
  "&#106;avascript:window.pwned=1",
  "javascript://example.org/%0Awindow.pwned=1",
  "data:text/html,<script>opener.pwned=1</script>",
  "data:text/html;base64,PHNjcmlwdD5vcGVuZXIucHduZWQ9MTwvc2NyaXB0Pg==",
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned=1'/>",
  "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIG9ubG9hZD0nd2luZG93LnB3bmVkPTEnLz4=",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "blob:https://evil.example/1",
  "//evil.example/x",
  "/ui/tasks/t-1",
  "https://bank.example@evil.example/",
  "view-source:https://evil.example",
  "about:blank",
];

/** Markdown that tries the same. */
export const MARKDOWN: readonly string[] = [
  ...ADDRESSES.flatMap((to) => [`[go](${to})`, `[go](<${to}>)`, `![see](${to})`, `<${to}>`, `[a]\n\n[a]: ${to}`]),
  `![pixel](${EVIL}/pixel.png "title")`,
  `![pixel][p]\n\n[p]: ${EVIL}/pixel.png`,
  `[x](https://example.org "onmouseover=window.pwned=1")`,
  "[x](https://example.org\"onmouseover=\"window.pwned=1)",
  "```html\n<script>window.pwned=1</script>\n```",
  "`<img src=x onerror=window.pwned=1>`",
  "<a href=javascript:window.pwned=1>go</a>",
  `<picture><source srcset=${EVIL}/s.png></picture>`,
  `<video poster=${EVIL}/p.png autoplay src=${EVIL}/v.mp4></video>`,
  "[^1]\n\n[^1]: <script>window.pwned=1</script>",
  "| a |\n|---|\n| <img src=x onerror=window.pwned=1> |",
  "- [x] <svg onload=window.pwned=1>",
  "www.evil.example and evil@evil.example and https://evil.example/auto",
  ...TEXTS,
];

/** JSON whose keys are no keys. */
export const JSON_TEXT = `{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": "x", "hasOwnProperty": 1, "$$typeof": "react.element", "dangerouslySetInnerHTML": {"__html": "<img src=x onerror=window.pwned=1>"}, "type": "script", "props": {"children": "window.pwned=1"}, "ref": null, "key": "<script>window.pwned=1</script>", "href": "javascript:window.pwned=1", "then": "x", "length": 1e400, "big": 123456789012345678901234567890}`;

const nested = (open: string, close: string, times: number): string => open.repeat(times) + close.repeat(times);

/** What takes a careless page forever, or its whole memory. */
export const MONSTERS: Readonly<Record<string, { type: string; content: string; mimeType?: string }>> = {
  "one line.txt": { type: "text", content: "x".repeat(1_000_000) },
  "one line.md": { type: "markdown", content: "x ".repeat(100_000) },
  "quotes.md": { type: "markdown", content: ">".repeat(20_000) },
  "stars.md": { type: "markdown", content: "**a".repeat(30_000) },
  "brackets.md": { type: "markdown", content: "[".repeat(60_000) },
  "lists.md": { type: "markdown", content: "- ".repeat(5_000) },
  "table.md": { type: "markdown", content: `${"|a".repeat(10_000)}\n${"|-".repeat(10_000)}\n${"|b".repeat(10_000)}` },
  "lines.md": { type: "markdown", content: "# a\n\n".repeat(50_000) },
  "deep.json": { type: "text", mimeType: "application/json", content: nested("[", "]", 100_000) },
  "wide.json": { type: "text", mimeType: "application/json", content: JSON.stringify(Array.from({ length: 50_000 }, (_, place) => ({ [`k${place}`]: place }))) },
  "long string.json": { type: "text", mimeType: "application/json", content: JSON.stringify({ a: "y".repeat(500_000) }) },
  "large.diff": { type: "text", content: `--- a\n+++ b\n@@ -1,100000 +1,100000 @@\n${"-a\n+b\n".repeat(100_000)}` },
  "many files.diff": { type: "text", content: "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+<script>window.pwned=1</script>\n".repeat(2_000) },
  "broken.diff": { type: "text", content: "diff --git a/x b/x\n@@ -1,99999999 +1,99999999 @@\n+\u202Ex\n@@ -0,0 +0,0 @@\n\\ no\n--- \n+++ \n" },
  "not an image.png": { type: "text", mimeType: "image/png", content: Buffer.from("<svg onload=alert(1)>").toString("base64") },
  "image.svg": { type: "text", mimeType: "image/svg+xml", content: "<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned=1'><script>window.pwned=1</script></svg>" },
  "page.html": { type: "text", mimeType: "text/html", content: "<!doctype html><script>window.pwned=1</script>" },
};
