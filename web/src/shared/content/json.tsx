import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { cn } from "@/shared/cn";
import { count } from "@/shared/format";

import { WebLink } from "./link";
import { line, webLink } from "./safe";
import { PlainText } from "./text";

/** So many entries are shown at once. */
const ENTRIES = 100;
const LONG_STRING = 240;

const isBranch = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Own entries alone: a key such as `__proto__` is a key like any other. */
const entriesOf = (value: object): [string, unknown][] => Object.entries(value);

function Leaf({ value }: { value: unknown }) {
  const [open, setOpen] = useState(false);
  if (typeof value === "string") {
    if (/^https?:/i.test(value) && webLink(value) !== undefined) return <WebLink url={value}>{line(value)}</WebLink>;
    const long = value.length > LONG_STRING || value.includes("\n");
    if (open) return <PlainText text={value} className="rounded bg-sunken p-2" first={10_000} />;
    return (
      <span className="[overflow-wrap:anywhere] text-done">
        <bdi>&quot;{line(value, LONG_STRING)}&quot;</bdi>
        {long && (
          <button type="button" onClick={() => setOpen(true)} className="ml-2 text-xs text-accent underline">
            Show all {count(value.length)} characters
          </button>
        )}
      </span>
    );
  }
  return <span className={cn(value === null ? "text-faint" : typeof value === "number" ? "text-running" : "text-warn")}>{String(value)}</span>;
}

function summary(value: object, size: number): string {
  const things = Array.isArray(value) ? (size === 1 ? "item" : "items") : size === 1 ? "field" : "fields";
  return `${Array.isArray(value) ? "[…]" : "{…}"} ${count(size)} ${things}`;
}

function Branch({ name, value, depth, openTo }: { name: string | undefined; value: object; depth: number; openTo: number }) {
  const [open, setOpen] = useState(depth < openTo);
  const [most, setMost] = useState(ENTRIES);
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  const label = name === undefined ? undefined : line(name, 200);
  if (size === 0)
    return (
      <div className="pl-5">
        {label !== undefined && <Name text={label} />}
        <span className="text-faint">{Array.isArray(value) ? "[]" : "{}"}</span>
      </div>
    );
  return (
    <div>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex max-w-full items-start gap-1 rounded text-left hover:bg-sunken">
        <ChevronRight aria-hidden className={cn("mt-0.5 size-4 shrink-0 text-faint transition-transform", open && "rotate-90")} />
        <span className="[overflow-wrap:anywhere]">
          {label !== undefined && <Name text={label} />}
          <span className="text-faint">{summary(value, size)}</span>
        </span>
      </button>
      {open && (
        // Deeper than this nothing moves further to the right, so that it stays readable.
        <div className={cn("border-l", depth < 12 ? "ml-2 pl-2" : "ml-0 pl-1")}>
          {entriesOf(value)
            .slice(0, most)
            .map(([key, one]) => (
              <Node key={key} name={key} value={one} depth={depth + 1} openTo={openTo} />
            ))}
          {size > most && (
            <button type="button" onClick={() => setMost(most + ENTRIES * 5)} className="pl-5 text-xs text-accent underline">
              Show more of {count(size - most)}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const Name = ({ text }: { text: string }) => (
  <>
    <bdi className="font-medium text-ink">{text}</bdi>
    <span className="text-faint">: </span>
  </>
);

function Node({ name, value, depth, openTo }: { name?: string; value: unknown; depth: number; openTo: number }) {
  if (isBranch(value)) return <Branch name={name} value={value} depth={depth} openTo={openTo} />;
  return (
    <div className="pl-5">
      {name !== undefined && <Name text={line(name, 200)} />}
      <Leaf value={value} />
    </div>
  );
}

/** So many lines are open at first. */
const OPEN_LINES = 60;
const DEEPEST = 8;

/** How many lines a value takes when it is open so far down; no more than that many are counted. */
function linesOf(value: unknown, depth: number, most: number): number {
  if (!isBranch(value) || depth === 0) return 1;
  let lines = 1;
  for (const one of Object.values(value)) {
    lines += linesOf(one, depth - 1, most - lines);
    if (lines > most) break;
  }
  return lines;
}

/** How far down a value is open at first: small ones all the way. */
function openAtFirst(value: unknown): number {
  let depth = 1;
  while (depth < DEEPEST && linesOf(value, depth + 1, OPEN_LINES) <= OPEN_LINES) depth += 1;
  return depth;
}

/** Any JSON, as a tree that opens and closes. */
export function JsonTree({ value }: { value: unknown }) {
  const [openTo] = useState(() => openAtFirst(value));
  return (
    <div className="overflow-x-auto font-mono text-[13px]" data-json>
      <Node value={value} depth={0} openTo={openTo} />
    </div>
  );
}
