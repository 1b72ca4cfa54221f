// A unified diff, as `git diff` and `diff -u` write it, read into files, hunks and lines.

export interface DiffLine {
  kind: "same" | "added" | "removed" | "note";
  before: number | undefined;
  after: number | undefined;
  text: string;
}

export interface DiffHunk {
  head: string;
  lines: DiffLine[];
}

export interface DiffFile {
  from: string | undefined;
  to: string | undefined;
  /** What was said of it besides lines: modes, renames, that it is binary. */
  notes: string[];
  hunks: DiffHunk[];
  added: number;
  removed: number;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/;

/** Whether a text looks like one. */
export function isDiff(text: string): boolean {
  const start = text.slice(0, 20_000);
  return /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/m.test(start) && (/^diff --git /m.test(start) || /^--- .*\r?\n\+\+\+ /m.test(start));
}

const pathOf = (text: string): string | undefined => {
  const path = text.split("\t")[0] ?? "";
  return path === "/dev/null" ? undefined : path.replace(/^[ab]\//, "");
};

class Reader {
  files: DiffFile[] = [];
  #file: DiffFile | undefined;
  #hunk: DiffHunk | undefined;
  #before = 0;
  #after = 0;
  #left = { before: 0, after: 0 };

  read(line: string) {
    if (this.#hunk !== undefined && (this.#left.before > 0 || this.#left.after > 0)) this.#inside(line);
    else if (line.startsWith("\\") && this.#hunk !== undefined) this.#add("note", line.slice(1).trim());
    else this.#outside(line);
  }

  #inside(line: string) {
    const rest = line.slice(1);
    if (line.startsWith("+")) this.#add("added", rest);
    else if (line.startsWith("-")) this.#add("removed", rest);
    else if (line.startsWith("\\")) this.#add("note", rest.trim());
    else this.#add("same", rest);
  }

  #add(kind: DiffLine["kind"], text: string) {
    const [old, now] = [kind === "same" || kind === "removed", kind === "same" || kind === "added"];
    this.#hunk?.lines.push({ kind, before: old ? this.#before : undefined, after: now ? this.#after : undefined, text });
    if (old) {
      this.#before += 1;
      this.#left.before -= 1;
    }
    if (now) {
      this.#after += 1;
      this.#left.after -= 1;
    }
    if (this.#file !== undefined && kind === "added") this.#file.added += 1;
    if (this.#file !== undefined && kind === "removed") this.#file.removed += 1;
  }

  #outside(line: string) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      this.#begin(hunk);
    } else if (line.startsWith("diff --git ")) {
      const names = / a\/(.*) b\/(.*)$/.exec(line);
      this.#open(names?.[1], names?.[2]);
    } else if (line.startsWith("--- ")) {
      // `diff -u` begins a file so; `git diff` has begun it already.
      if (this.#file === undefined || this.#file.hunks.length > 0) this.#open(undefined, undefined);
      if (this.#file !== undefined) this.#file.from = pathOf(line.slice(4));
    } else if (line.startsWith("+++ ")) {
      if (this.#file !== undefined) this.#file.to = pathOf(line.slice(4));
    } else if (/^(new file|deleted file|old mode|new mode|rename |copy |similarity |Binary files |GIT binary)/.test(line)) {
      this.#file?.notes.push(line);
      if (line.startsWith("new file") && this.#file !== undefined) this.#file.from = undefined;
      if (line.startsWith("deleted file") && this.#file !== undefined) this.#file.to = undefined;
    }
  }

  #open(from: string | undefined, to: string | undefined) {
    this.#file = { from, to, notes: [], hunks: [], added: 0, removed: 0 };
    this.#hunk = undefined;
    this.files.push(this.#file);
  }

  #begin(found: RegExpExecArray) {
    if (this.#file === undefined) this.#open(undefined, undefined);
    const [, before = "0", beforeCount = "1", after = "0", afterCount = "1"] = found;
    this.#before = Number(before);
    this.#after = Number(after);
    this.#left = { before: Number(beforeCount), after: Number(afterCount) };
    this.#hunk = { head: found[0], lines: [] };
    this.#file?.hunks.push(this.#hunk);
  }
}

export function parseDiff(text: string): DiffFile[] {
  const reader = new Reader();
  const lines = text.split(/\r?\n/);
  // The end of the last line is no line.
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) reader.read(line);
  return reader.files;
}
