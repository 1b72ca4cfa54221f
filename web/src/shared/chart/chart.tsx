import { Table2, ChartLine } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Skeleton } from "@/shared/ui/states";
import { Tip } from "@/shared/ui/tip";

import type { Pointed } from "./canvas";
import { pointTime } from "./scale";
import { ChartTable } from "./table";
import type { Drawn, Line } from "./types";

const Canvas = lazy(() => import("./canvas"));

const HEIGHT = 220;

interface ChartCardProps extends Drawn {
  title: string;
  /** Beside the title, in faint letters. */
  about?: string;
  aside?: ReactNode;
  /** For how long a point stands. Without it, it is of a moment. */
  stepMs?: number;
  /** Lines that are not drawn at first. */
  off?: readonly string[];
  /** Below the chart. */
  note?: ReactNode;
  className?: string;
}

/** A chart with its heading, what its lines are, and a table of the same. */
export function ChartCard({ title, about, aside, note, className, off = [], stepMs, ...drawn }: ChartCardProps) {
  const [table, setTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(off));
  const [at, setAt] = useState<number>();
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <Card
      {...(className === undefined ? {} : { className })}
      title={
        <>
          {title}{" "}
          {about !== undefined && <span className="ml-1 text-xs font-normal text-faint">{about}</span>}
        </>
      }
      aside={
        <>
          {aside}
          <Tip text={table ? "Show the chart" : "Show the figures"}>
            <Button look="quiet" size="small" aria-pressed={table} aria-label={`${title}: as a table`} onClick={() => setTable(!table)}>
              {table ? <ChartLine aria-hidden /> : <Table2 aria-hidden />}
            </Button>
          </Tip>
        </>
      }
    >
      {table ? (
        <ChartTable label={title} drawn={drawn} stepMs={stepMs} />
      ) : (
        <>
          <Legend drawn={drawn} hidden={hidden} onToggle={toggle} at={at} />
          <Plot title={title} drawn={drawn} stepMs={stepMs} hidden={hidden} onAt={setAt} />
        </>
      )}
      {note !== undefined && <p className="mt-2 text-xs text-faint">{note}</p>}
    </Card>
  );
}

function Legend({ drawn: { lines, say, open = false }, hidden, onToggle, at }: { drawn: Drawn; hidden: ReadonlySet<string>; onToggle: (name: string) => void; at: number | undefined }) {
  return (
    <div role="group" aria-label="Lines" className="mb-2 flex flex-wrap gap-x-1 gap-y-0.5">
      {lines.map((line) => {
        const off = hidden.has(line.name);
        const value = at === undefined ? undefined : line.values[at];
        return (
          <button
            key={line.name}
            type="button"
            aria-pressed={!off}
            onClick={() => onToggle(line.name)}
            className={cn("inline-flex h-6 items-center gap-1.5 rounded px-1.5 text-xs hover:bg-sunken", off ? "text-faint line-through" : "text-soft")}
          >
            <Swatch line={line} />
            {line.name}
            {!off && value != null && <span className="tabular font-medium text-ink">{say(value)}</span>}
          </button>
        );
      })}
      {open && (
        <span className="inline-flex h-6 items-center gap-1.5 px-1.5 text-xs text-faint">
          <span aria-hidden className="inline-block w-3.5 border-t-2 border-dashed border-strong" />
          so far
        </span>
      )}
    </div>
  );
}

function Swatch({ line: { tone, look } }: { line: Line }) {
  const style = { borderTopColor: `var(--${tone})`, borderTopStyle: look ?? ("solid" as const) };
  return <span aria-hidden className="inline-block w-3.5 border-t-2" style={style} />;
}

interface PlotProps {
  title: string;
  drawn: Drawn;
  stepMs: number | undefined;
  hidden: ReadonlySet<string>;
  onAt: (at: number | undefined) => void;
}

/** The chart itself. With the focus on it, arrow keys move from point to point, and what is there is read out. */
function Plot({ title, drawn, stepMs, hidden, onAt }: PlotProps) {
  const { times, lines, say, utc = false, open = false, shaded = [], height = HEIGHT } = drawn;
  const [over, setOver] = useState(false);
  const [point, setPoint] = useState<number>();
  const [pointed, setPointed] = useState<Pointed>();
  const last = times.length - 1;
  const place = pointed?.place ?? last;
  const shown = lines.filter(({ name }) => !hidden.has(name));
  const moment = (which: number) => {
    const at = times[which];
    if (at === undefined) return "no figures yet";
    const about = shaded.find(({ from, to }) => at < to && at + (stepMs ?? 0) > from)?.text;
    return [pointTime(at, stepMs, utc), open && which === last ? "so far" : "", about ?? ""].filter((part) => part !== "").join(" · ");
  };
  const inWords = (which: number) =>
    `${moment(which)}: ${shown.map(({ name, values }) => `${name} ${values[which] == null ? "none" : say(values[which])}`).join(", ")}`;
  return (
    <div className="relative rounded-md has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent" onMouseEnter={() => setOver(true)} onMouseLeave={() => setOver(false)}>
      <Suspense fallback={<div style={{ height }}><Skeleton className="h-full" /></div>}>
        <Canvas
          {...drawn}
          height={height}
          hidden={hidden}
          point={point}
          onPoint={(next) => {
            setPointed(next);
            onAt(next?.place);
          }}
        />
      </Suspense>
      {shown.every(({ values }) => values.every((value) => value == null)) && (
        <p className="pointer-events-none absolute inset-0 flex items-center justify-center text-xs text-faint">{times.length === 0 ? "No figures yet" : "Nothing in this time"}</p>
      )}
      <input
        type="range"
        className="sr-only"
        aria-label={`${title}: point in time`}
        aria-valuetext={inWords(Math.min(place, last))}
        min={0}
        max={Math.max(last, 0)}
        value={Math.max(0, Math.min(point ?? last, last))}
        onChange={(change) => {
          setOver(true);
          setPoint(Number(change.target.value));
        }}
        onBlur={() => {
          setOver(false);
          setPoint(undefined);
        }}
      />
      {over && pointed !== undefined && times[pointed.place] !== undefined && (
        <div
          className="pointer-events-none absolute top-1 z-10 max-w-64 rounded-md border bg-raised px-2 py-1.5 text-xs shadow-lg"
          style={{ left: pointed.left, transform: `translateX(${pointed.place > last / 2 ? "calc(-100% - 10px)" : "10px"})` }}
          data-tooltip
        >
          <div className="mb-1 font-medium">{moment(pointed.place)}</div>
          {shown.map((line) => (
            <div key={line.name} className="flex items-center gap-2 text-soft">
              <Swatch line={line} />
              <span className="flex-1">{line.name}</span>
              <span className="tabular font-medium text-ink">{line.values[pointed.place] == null ? "–" : say(line.values[pointed.place] ?? 0)}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
