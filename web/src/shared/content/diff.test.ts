import { describe, expect, it } from "vitest";

import { isDiff, parseDiff } from "./diff";

const GIT = `diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,3 +1,4 @@ function a() {
 one
-two
+2
+2.5
 three
\\ No newline at end of file
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
--- not a heading
`;

describe("a diff", () => {
  it("is read into files, with the numbers of the lines", () => {
    const [first, second] = parseDiff(GIT);
    expect(first).toMatchObject({ from: "src/a.ts", to: "src/a.ts", added: 2, removed: 1 });
    expect(first?.hunks[0]?.lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ["same", 1, 1],
      ["removed", 2, undefined],
      ["added", undefined, 2],
      ["added", undefined, 3],
      ["same", 3, 4],
      ["note", undefined, undefined],
    ]);
    expect(second).toMatchObject({ from: "gone.txt", to: undefined, removed: 1 });
    expect(second?.hunks[0]?.lines[0]).toMatchObject({ kind: "removed", text: "-- not a heading" });
  });

  it("may have no head of git's", () => {
    const files = parseDiff("--- a.txt\t2026-01-01\n+++ b.txt\t2026-01-01\n@@ -1 +1 @@\n-a\n+b\n--- c\n+++ c\n@@ -1 +1 @@\n-a\n+b\n");
    expect(files.map(({ from, to }) => [from, to])).toEqual([
      ["a.txt", "b.txt"],
      ["c", "c"],
    ]);
  });

  it("is told from other text", () => {
    expect(isDiff(GIT)).toBe(true);
    expect(isDiff("--- a list\n- one\n+ two\n")).toBe(false);
    expect(parseDiff("nothing of the kind")).toEqual([]);
  });
});
