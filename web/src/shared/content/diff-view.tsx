import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";

import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Sideways } from "@/shared/ui/sideways";

import { parseDiff } from "./diff";
import type { DiffFile, DiffLine } from "./diff";
import { line, plain } from "./safe";
import { PlainText } from "./text";

const FILES = 30;
const LINES = 300;
/** A file of more lines is closed at first. */
const OPEN_LINES = 400;
const LONG_LINE = 2_000;

const MARKS: Record<DiffLine["kind"], { sign: string; look: string }> = {
  same: { sign: " ", look: "" },
  added: { sign: "+", look: "bg-done-soft" },
  removed: { sign: "−", look: "bg-failed-soft" },
  note: { sign: " ", look: "text-faint italic" },
};

const cut = (text: string): string => plain(text.length > LONG_LINE ? `${text.slice(0, LONG_LINE)}…` : text);

function nameOf({ from, to }: DiffFile): string {
  if (from !== undefined && to !== undefined && from !== to) return `${from} → ${to}`;
  return to ?? from ?? "Changes";
}

interface Row extends DiffLine {
  head?: string;
}

function rowsOf(file: DiffFile): Row[] {
  return file.hunks.flatMap(({ head, lines }) => [{ kind: "note", before: undefined, after: undefined, text: "", head } as Row, ...lines]);
}

function Lines({ rows, name }: { rows: Row[]; name: string }) {
  const [most, setMost] = useState(LINES);
  return (
    <Sideways label={`Lines of ${name}`} className="border-t">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {rows.slice(0, most).map((row, place) =>
            row.head !== undefined ? (
              <tr key={place} className="bg-running-soft text-running">
                <td colSpan={4} className="px-2 whitespace-pre">
                  {cut(row.head)}
                </td>
              </tr>
            ) : (
              <tr key={place} className={MARKS[row.kind].look}>
                <td className="tabular w-px px-2 text-right text-faint select-none">{row.before}</td>
                <td className="tabular w-px px-2 text-right text-faint select-none">{row.after}</td>
                <td className="w-px px-1 select-none">
                  {MARKS[row.kind].sign}
                  {row.kind === "added" && <span className="sr-only">added</span>}
                  {row.kind === "removed" && <span className="sr-only">removed</span>}
                </td>
                <td className="pr-4 whitespace-pre [unicode-bidi:isolate]">{cut(row.text)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {rows.length > most && (
        <Button size="small" className="m-2" onClick={() => setMost(most + LINES * 5)}>
          Show more of {count(rows.length - most)} lines
        </Button>
      )}
    </Sideways>
  );
}

function File({ file }: { file: DiffFile }) {
  const rows = useMemo(() => rowsOf(file), [file]);
  const [open, setOpen] = useState(rows.length <= OPEN_LINES);
  const kind = file.from === undefined ? "New" : file.to === undefined ? "Deleted" : undefined;
  return (
    <li className="overflow-hidden rounded-lg border">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex w-full items-center gap-2 bg-sunken px-2 py-1.5 text-left text-xs">
        <ChevronRight aria-hidden className={cn("size-4 shrink-0 transition-transform", open && "rotate-90")} />
        <bdi className="min-w-0 flex-1 font-mono [overflow-wrap:anywhere]">{line(nameOf(file))}</bdi>
        {kind !== undefined && <span className="text-soft">{kind}</span>}
        <span className="tabular font-semibold text-done">+{count(file.added)}</span>
        <span className="tabular font-semibold text-failed">−{count(file.removed)}</span>
      </button>
      {open && file.notes.length > 0 && <p className="border-t px-3 py-1 text-xs text-soft">{line(file.notes.join(" · "))}</p>}
      {open && rows.length > 0 && <Lines rows={rows} name={line(nameOf(file))} />}
    </li>
  );
}

/** What changed, file by file; a text that is no diff is shown as it is. */
export function DiffView({ text }: { text: string }) {
  const files = useMemo(() => parseDiff(text), [text]);
  const [most, setMost] = useState(FILES);
  if (files.length === 0) return <PlainText text={text} />;
  const sum = (which: "added" | "removed") => files.reduce((all, file) => all + file[which], 0);
  const lines = (value: number) => `${count(value)} ${value === 1 ? "line" : "lines"}`;
  return (
    <div data-diff>
      <p className="mb-2 text-xs text-soft">
        {files.length === 1 ? "1 file" : `${count(files.length)} files`}, {lines(sum("added"))} added, {lines(sum("removed"))} removed
      </p>
      <ul className="flex flex-col gap-2">
        {files.slice(0, most).map((file, place) => (
          <File key={place} file={file} />
        ))}
      </ul>
      {files.length > most && (
        <Button size="small" className="mt-2" onClick={() => setMost(most + FILES)}>
          Show more of {count(files.length - most)} files
        </Button>
      )}
    </div>
  );
}
