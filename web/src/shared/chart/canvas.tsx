import "uplot/dist/uPlot.min.css";

import { useEffect, useEffectEvent, useRef } from "react";
import uPlot from "uplot";

import { useIsDark } from "@/app/theme";

import { faded, lonely, roomFor, timeLabels } from "./scale";
import type { Drawn, Line, Span, Tone } from "./types";

export interface Pointed {
  /** Which of the times. */
  place: number;
  /** How far from the left of the chart, in pixels. */
  left: number;
}

interface CanvasProps extends Drawn {
  height: number;
  /** Names of lines that are not drawn. */
  hidden: ReadonlySet<string>;
  /** Where the keyboard points. */
  point: number | undefined;
  onPoint: (pointed: Pointed | undefined) => void;
}

const FONT = '11px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const DASHES = { dotted: [2, 3], dashed: [6, 4], open: [3, 3] };
const WIDTH = 1.75;
/** Of counts there is no half, and of long times no hundreds. */
const MARKS = {
  count: Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((first) => first * 10 ** power)).flat(),
  ms: [
    ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
    ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * 1_000),
    ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60_000),
    ...[1, 2, 4, 6, 12, 24, 48, 96, 240, 480, 960, 2_400].map((hours) => hours * 3_600_000),
  ],
};

const colour = (name: Tone | "line" | "faint" | "warn-soft"): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** What was before is over. */
const isOpen = (open: boolean, { look }: Line): boolean => open && look !== "dashed";

const linear = uPlot.paths.linear?.();

/** All of a line but its way to the last point. */
const allButLast: uPlot.Series.PathBuilder = (plot, place, from, to) => linear?.(plot, place, from, to < plot.data[0].length - 1 ? to : Math.max(from, to - 1)) ?? null;

/** The way to the last point, which is not over yet. */
function drawLast(plot: uPlot, place: number, { tone }: Line) {
  const { ctx, data: [times, ...all] } = plot;
  const ends = [times.length - 2, times.length - 1].map((at) => [times[at], all[place - 1]?.[at]] as const);
  if (ends.some(([at, value]) => at == null || value == null)) return;
  ctx.save();
  ctx.strokeStyle = colour(tone);
  ctx.lineWidth = WIDTH * uPlot.pxRatio;
  ctx.setLineDash(DASHES.open.map((length) => length * uPlot.pxRatio));
  ctx.beginPath();
  for (const [at, value] of ends) ctx.lineTo(plot.valToPos(at ?? 0, "x", true), plot.valToPos(value ?? 0, "y", true));
  ctx.stroke();
  ctx.restore();
}

function series(line: Line, open: boolean): uPlot.Series {
  const { tone, look, fill, values } = line;
  const before = look === "dashed";
  return {
    ...(isOpen(open, line) ? { paths: allButLast } : {}),
    stroke: () => faded(colour(tone), before ? 0.55 : 1),
    ...(fill === true ? { fill: () => faded(colour(tone), 0.09) } : {}),
    ...(look === undefined ? {} : { dash: DASHES[look] }),
    width: before ? 1.25 : WIDTH,
    spanGaps: false,
    points: {
      size: 5,
      show: false,
      stroke: () => colour(tone),
      fill: () => colour(tone),
      filter: (plot, place) => lonely((plot.data[place] as Line["values"] | undefined) ?? values),
    },
  };
}

interface Asked {
  say: (value: number) => string;
  shaded: () => readonly Span[];
  onPoint: (pointed: Pointed | undefined) => void;
}

function shade(plot: uPlot, spans: readonly Span[]) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour("warn-soft");
  for (const { from, to } of spans) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
  }
  ctx.restore();
}

function options(drawn: CanvasProps, width: number, asked: Asked): uPlot.Options {
  const { utc = false, unit = "count", leastMs, open = false } = drawn;
  const axis: uPlot.Axis = {
    stroke: () => colour("faint"),
    font: FONT,
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: drawn.height,
    ms: 1,
    ...(utc ? { tzDate: (at: number) => uPlot.tzDate(new Date(at), "Etc/UTC") } : {}),
    padding: [8, 24, 0, 0],
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    cursor: {
      drag: { x: false, y: false },
      y: false,
      points: { size: 7, width: 1.5 },
      ...(drawn.sync === undefined ? {} : { sync: { key: drawn.sync, scales: ["x", null] } }),
    },
    scales: {
      ...(leastMs === undefined ? {} : { x: { range: (_, least, most) => [Math.min(least, most - leastMs), most] } }),
      y: { range: (_, _least, most) => [0, most > 0 ? uPlot.rangeNum(0, most, 0.1, true)[1] ?? most : 1] },
    },
    series: [{}, ...drawn.lines.map((line) => series(line, open))],
    axes: [
      { ...axis, size: 26, gap: 6, grid: { show: false }, space: 72, values: (_, times, _axis, _space, apart) => timeLabels(times, apart, utc) },
      {
        ...axis,
        gap: 6,
        space: 34,
        incrs: MARKS[unit],
        values: (_, values) => values.map((value) => asked.say(value)),
        size: (_, labels) => roomFor(labels ?? []),
      },
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, asked.shaded())],
      drawSeries: [
        (plot, place) => {
          const line = drawn.lines[place - 1];
          if (line !== undefined && isOpen(open, line)) drawLast(plot, place, line);
        },
      ],
      setCursor: [
        (plot) => {
          const { idx, left } = plot.cursor;
          asked.onPoint(idx == null || left == null || left < 0 ? undefined : { place: idx, left: left + plot.over.offsetLeft });
        },
      ],
    },
  };
}

/** Draws lines over time. It is loaded when the first chart is shown. */
export default function Canvas(props: CanvasProps) {
  const { times, lines, height, hidden, point, utc, sync, unit, leastMs, open, shaded } = props;
  const host = useRef<HTMLDivElement>(null);
  const held = useRef<uPlot>(undefined);
  const dark = useIsDark();
  const say = useEffectEvent((value: number) => props.say(value));
  const onPoint = useEffectEvent((pointed: Pointed | undefined) => props.onPoint(pointed));
  const spans = useEffectEvent(() => props.shaded ?? []);
  const begin = useEffectEvent((element: HTMLDivElement) => {
    const plot = new uPlot(options(props, Math.max(element.clientWidth, 50), { say, onPoint, shaded: spans }), data(times, lines), element);
    lines.forEach(({ name }, place) => plot.setSeries(place + 1, { show: !hidden.has(name) }, false));
    return plot;
  });

  // What is drawn anew from its beginning when it changes; all else changes what is there.
  const shape = JSON.stringify([lines.map(({ name, tone, look, fill }) => [name, tone, look, fill]), utc, sync, unit, leastMs, open, height]);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot = begin(element);
    held.current = plot;
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
      held.current = undefined;
    };
  }, [shape]);

  useEffect(() => held.current?.setData(data(times, lines)), [times, lines, shape]);
  useEffect(() => {
    lines.forEach(({ name }, place) => held.current?.setSeries(place + 1, { show: !hidden.has(name) }, false));
    // Values that change do not change what is hidden.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [hidden, shape]);
  // Only drawn anew: before its first drawing a chart has no scale that could be kept.
  useEffect(() => held.current?.redraw(false), [dark, shaded]);
  useEffect(() => {
    const plot = held.current;
    const at = point === undefined ? undefined : times[point];
    if (plot !== undefined && at !== undefined) plot.setCursor({ left: plot.valToPos(at, "x"), top: 0 });
  }, [point, times]);
  return <div ref={host} aria-hidden className="w-full" />;
}

const data = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData =>
  [times as number[], ...lines.map(({ values }) => values as (number | null)[])] as uPlot.AlignedData;
