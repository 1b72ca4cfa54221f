// What ran when: a chart of bars over time.

import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from "lucide-react";
import { useRef, useState } from "react";
import type { PointerEvent } from "react";

import type { Task } from "@/api/types";
import { useNow } from "@/shared/clock";
import { cn } from "@/shared/cn";
import { line } from "@/shared/content/safe";
import { clockTime, count, duration, exactTime } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";
import { Button } from "@/shared/ui/button";
import { Empty } from "@/shared/ui/states";
import { Tip } from "@/shared/ui/tip";

import { byTask, byWorker, endOf, latestRange, ticks, wholeRange } from "./bars";
import type { Bar, Range, Row } from "./bars";
import { COLOURS } from "./looks";
import { RANGES, ROWS } from "./search";
import type { Change, ProjectSearch, RangeName, RowsBy } from "./search";
import { useWidth } from "./size";

const ROW = 26;
const LENGTHS: Record<Exclude<RangeName, "all">, number> = { "15m": 900_000, "1h": 3_600_000, "6h": 21_600_000, "1d": 86_400_000, "7d": 604_800_000 };
const NAMES: Record<RangeName, string> = { "15m": "15 min", "1h": "1 h", "6h": "6 h", "1d": "1 day", "7d": "7 days", all: "All" };
const SHORTEST = 1_000;
/** Rows above and below what is seen are drawn, too. */
const SPARE = 6;

const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const tickName = (at: number, { from, to }: Range): string => (to - from > 86_400_000 ? shortDay.format(at) : clockTime(at));

interface Scale {
  range: Range;
  width: number;
  now: number;
}

const xOf = (at: number, { range: { from, to }, width }: Scale): number => ((at - from) / (to - from)) * width;

interface Shown {
  bar: Bar;
  x: number;
  y: number;
}

function told(bar: Bar, now: number): string {
  const { task, began, ended } = bar;
  const waited = (began ?? endOf(bar, now)) - bar.made;
  const ran = began === undefined ? "" : `, ${ended === undefined ? "running for" : "took"} ${duration((ended ?? now) - began)}`;
  return `${line(task.text, 120)}: ${STATUS_NAMES[task.status].toLowerCase()}${ran}, waited ${duration(waited)}`;
}

function BarLink({ bar, scale, onShow }: { bar: Bar; scale: Scale; onShow: (shown: Shown | undefined) => void }) {
  const { began, task, made } = bar;
  const { width, now } = scale;
  const clamp = (x: number) => Math.min(Math.max(x, -2), width + 2);
  const end = clamp(xOf(endOf(bar, now), scale));
  const [waitFrom, start] = [clamp(xOf(made, scale)), began === undefined ? end : clamp(xOf(began, scale))];
  const show = (element: Element) => {
    const box = element.getBoundingClientRect();
    onShow({ bar, x: Math.max(box.left, 8), y: box.bottom });
  };
  return (
    <Link
      to="/tasks/$id"
      params={{ id: task.id }}
      aria-label={told(bar, now)}
      onPointerEnter={(event) => show(event.currentTarget)}
      onPointerLeave={() => onShow(undefined)}
      onFocus={(event) => show(event.currentTarget)}
      onBlur={() => onShow(undefined)}
      data-bar={task.status}
    >
      {start > waitFrom && <rect x={waitFrom} y={ROW / 2 - 1} width={start - waitFrom} height={2} fill="var(--strong)" />}
      {began !== undefined && <rect x={start} y={5} width={Math.max(end - start, 3)} height={ROW - 10} rx={3} fill={COLOURS[task.status]} />}
      <rect x={waitFrom} y={0} width={Math.max(end - waitFrom, 6)} height={ROW} fill="transparent" />
    </Link>
  );
}

function ChartRow({ row, scale, lines, top, onShow }: { row: Row; scale: Scale; lines: number[]; top: number; onShow: (shown: Shown | undefined) => void }) {
  return (
    <div role="listitem" className="absolute right-0 left-0 flex border-b border-line/60" style={{ top, height: ROW }}>
      <bdi className="w-24 shrink-0 truncate px-2 text-xs leading-[1.6rem] text-soft md:w-48" title={row.name === undefined ? undefined : line(row.name)}>
        {row.name === undefined ? "" : line(row.name, 80)}
      </bdi>
      <svg width={scale.width} height={ROW} className="shrink-0 overflow-hidden">
        {lines.map((at) => (
          <line key={at} x1={xOf(at, scale)} x2={xOf(at, scale)} y1={0} y2={ROW} stroke="var(--line)" />
        ))}
        {row.bars.map((bar) => (
          <BarLink key={bar.task.id} bar={row.name === bar.task.text ? bar : { ...bar, made: bar.began ?? bar.made }} scale={scale} onShow={onShow} />
        ))}
      </svg>
    </div>
  );
}

function Hover({ shown: { bar, x, y }, now }: { shown: Shown; now: number }) {
  const { task, made, began, ended } = bar;
  return (
    <div role="tooltip" className="pointer-events-none fixed z-50 max-w-80 rounded-md bg-ink px-2.5 py-1.5 text-xs text-ground shadow-lg" style={{ left: Math.min(x, innerWidth - 330), top: y + 4 }}>
      <p className="font-semibold [overflow-wrap:anywhere]">{line(task.text, 160)}</p>
      <p>
        {STATUS_NAMES[task.status]}
        {task.assignedTo != null && ` · ${line(task.assignedTo, 60)}`}
        {task.attempt > 1 && ` · attempt ${count(task.attempt)}`}
      </p>
      {began !== undefined && (
        <p>
          {exactTime(began)}, {ended === undefined ? "running for" : "took"} {duration((ended ?? now) - began)}
        </p>
      )}
      <p>Waited {duration((began ?? endOf(bar, now)) - Date.parse(task.createdAt || String(made)))}</p>
    </div>
  );
}

interface TimelineProps {
  tasks: readonly Task[];
  search: ProjectSearch;
  onSearch: (change: Change) => void;
}

function rangeOf(search: ProjectSearch, tasks: readonly Task[], now: number): Range {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to };
  const whole = wholeRange(tasks, now);
  if (search.range === undefined) return latestRange(rowsOf(search, tasks, whole, now), now);
  return search.range === "all" ? whole : { from: now - LENGTHS[search.range], to: now };
}

const rowsOf = (search: ProjectSearch, tasks: readonly Task[], range: Range, now: number): Row[] => (search.rows === "task" ? byTask : byWorker)(tasks, range, now);

function Tools({ search, range, onSearch }: { search: ProjectSearch; range: Range; onSearch: TimelineProps["onSearch"] }) {
  const part = search.from !== undefined;
  const rows = search.rows ?? "worker";
  const go = (from: number, to: number) => onSearch({ from: Math.round(Math.max(0, from)), to: Math.round(Math.max(to, from + SHORTEST)) });
  const length = range.to - range.from;
  const tools = [
    { name: "Earlier", icon: ChevronLeft, run: () => go(range.from - length / 2, range.to - length / 2) },
    { name: "Later", icon: ChevronRight, run: () => go(range.from + length / 2, range.to + length / 2) },
    { name: "Zoom in", icon: ZoomIn, run: () => go(range.from + length / 4, range.to - length / 4) },
    { name: "Zoom out", icon: ZoomOut, run: () => go(range.from - length / 2, range.to + length / 2) },
  ];
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
      <div role="group" aria-label="Rows" className="flex gap-1">
        {ROWS.map((name: RowsBy) => (
          <Button key={name} size="small" look={rows === name ? "plain" : "quiet"} aria-pressed={rows === name} onClick={() => onSearch({ rows: name })}>
            By {name}
          </Button>
        ))}
      </div>
      <div role="group" aria-label="Time" className="flex flex-wrap gap-1">
        {[undefined, ...RANGES].map((name) => {
          const on = !part && search.range === name;
          return (
            <Button key={name ?? "latest"} size="small" look={on ? "plain" : "quiet"} aria-pressed={on} onClick={() => onSearch({ range: name, from: undefined, to: undefined })}>
              {name === undefined ? "Latest" : NAMES[name]}
            </Button>
          );
        })}
      </div>
      <div role="group" aria-label="Move and zoom" className="flex gap-1">
        {tools.map(({ name, icon: Icon, run }) => (
          <Tip key={name} text={name}>
            <Button size="small" look="quiet" aria-label={name} onClick={run}>
              <Icon aria-hidden />
            </Button>
          </Tip>
        ))}
      </div>
      <span className="text-xs text-faint max-md:hidden">Drag over a part of it to look closer.</span>
    </div>
  );
}

/** A part that is being chosen with the pointer, from the left edge of the bars. */
function useBrush(onChosen: (from: number, to: number) => void) {
  const [brush, setBrush] = useState<{ from: number; to: number }>();
  const left = useRef(0);
  return {
    brush,
    begin: (event: PointerEvent<HTMLElement>, gutter: number) => {
      if (event.button !== 0 || event.pointerType === "touch" || (event.target as Element).closest("a, button") !== null) return;
      left.current = event.currentTarget.getBoundingClientRect().left + gutter;
      const x = event.clientX - left.current;
      if (x < 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ from: x, to: x });
    },
    move: (event: PointerEvent) => {
      if (brush !== undefined) setBrush({ ...brush, to: Math.max(0, event.clientX - left.current) });
    },
    end: () => {
      setBrush(undefined);
      if (brush !== undefined && Math.abs(brush.to - brush.from) > 6) onChosen(Math.min(brush.from, brush.to), Math.max(brush.from, brush.to));
    },
  };
}

export default function Timeline({ tasks, search, onSearch }: TimelineProps) {
  const now = useNow();
  const [ref, whole] = useWidth<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const [shown, setShown] = useState<Shown>();
  const gutter = whole < 640 ? 96 : 192;
  const range = rangeOf(search, tasks, now);
  const scale: Scale = { range, width: Math.max(60, whole - gutter), now };
  const rows = rowsOf(search, tasks, range, now);
  const lines = ticks(range, Math.max(2, Math.floor(scale.width / 110)));
  const at = (x: number) => range.from + (x / scale.width) * (range.to - range.from);
  const { brush, begin, move, end } = useBrush((from, to) => onSearch({ from: Math.round(at(from)), to: Math.round(Math.max(at(to), at(from) + SHORTEST)) }));
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const visible = rows.slice(first, first + Math.ceil(640 / ROW) + SPARE * 2);
  return (
    <div className="overflow-hidden rounded-xl border bg-panel">
      <Tools search={search} range={range} onSearch={onSearch} />
      <div className="flex border-b text-[11px] text-soft" style={{ paddingLeft: gutter }} aria-hidden>
        <svg width={scale.width} height={22} className="overflow-hidden">
          {lines.filter((one) => xOf(one, scale) < scale.width - 50).map((one) => (
            <text key={one} x={xOf(one, scale) + 3} y={15} fill="var(--soft)" fontSize={11}>
              {tickName(one, range)}
            </text>
          ))}
        </svg>
      </div>
      {/* The same is done by the buttons above. */}
      <div
        ref={ref}
        className={cn("relative max-h-[60vh] overflow-x-hidden overflow-y-auto", brush !== undefined && "cursor-col-resize select-none")}
        onScroll={(event) => {
          setTop(event.currentTarget.scrollTop);
          setShown(undefined);
        }}
        onPointerDown={(event) => begin(event, gutter)}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        {rows.length === 0 ? (
          <Empty title="Nothing ran in this time">
            <p>Another range may show more.</p>
          </Empty>
        ) : (
          <div role="list" aria-label="What ran when" className="relative" style={{ height: rows.length * ROW }}>
            {whole > 0 && visible.map((row, place) => <ChartRow key={row.key} row={row} scale={scale} lines={lines} top={(first + place) * ROW} onShow={setShown} />)}
          </div>
        )}
        {brush !== undefined && <div className="pointer-events-none absolute inset-y-0 bg-accent/20" style={{ left: gutter + Math.min(brush.from, brush.to), width: Math.abs(brush.to - brush.from), height: Math.max(128, rows.length * ROW) }} />}
      </div>
      {shown !== undefined && <Hover shown={shown} now={now} />}
    </div>
  );
}
