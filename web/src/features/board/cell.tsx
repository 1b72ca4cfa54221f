import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useVirtualizer } from "@tanstack/react-virtual";
import { LoaderCircle } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";

import type { Status } from "@/api/types";
import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { STATUS_NAMES } from "@/shared/status";
import { Failed, Skeleton } from "@/shared/ui/states";

import { Focuser } from "./focuser";
import type { Rows } from "./focuser";
import { Card, CARD_HEIGHT, rowHeight } from "./card";
import { useCell } from "./cell-data";
import type { CellData } from "./cell-data";
import { register } from "./cells";
import { drop, dropProblem } from "./drop";
import { cellKey, cursor, dragged, moves } from "./state";
import type { Move } from "./state";
import { useStore } from "./store";
import { LOOKED_AT } from "./view";
import type { Lane, ListParams } from "./view";

interface CellProps {
  status: Status;
  column: number;
  lane: Lane;
  row: number;
  params: ListParams;
  className?: string;
}

/** What a column of a lane holds: only the cards in view are there. */
export function Cell({ status, column, lane, row, params, className }: CellProps) {
  const cell = cellKey(lane.id, status);
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, last: 0 });
  const data = useCell(params, lane, range.first, range.last);
  const height = rowHeight(status);
  // It keeps what it knows beside React, as every list that scrolls: the compiler leaves this component alone.
  // eslint-disable-next-line react-hooks/incompatible-library
  const list = useVirtualizer({
    count: data.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 3,
    paddingEnd: 8,
  });
  const items = list.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  if (range.first !== first || range.last !== last) setRange({ first, last });

  usePlace(scroller, `${cell} ${JSON.stringify(params)}`, !data.loading && !data.old);
  useAnchor(scroller, data, height);
  const focus = useFocus(cell, scroller, data, list);
  const top = useCallback(() => Math.ceil((scroller.current?.scrollTop ?? 0) / height), [height]);
  useEffect(
    () => register({ cell, lane, params, status, row, column, rows: () => data.rows, at: data.at, indexOf: data.indexOf, top, focus }),
    [cell, lane, params, status, row, column, data, top, focus],
  );
  const over = useDrop(scroller, status, lane);
  const stopId = useStore(cursor, (at) => (at?.cell === cell ? at.id : undefined));
  const stop = stopId === undefined ? undefined : data.indexOf(stopId);
  const stopIndex = stop !== undefined && stop >= first && stop <= last ? stop : first;
  return (
    <div
      ref={scroller}
      data-column={status}
      aria-busy={data.old || undefined}
      className={cn("relative overflow-x-hidden overflow-y-auto overscroll-contain rounded-lg p-1.5 transition-opacity", data.old && "opacity-60", over.look, lane.name === "" ? "min-h-24" : "min-h-10", className)}
    >
      {over.why !== undefined && <p className="sticky top-0 z-20 mb-1.5 rounded-md bg-raised px-2 py-1.5 text-xs text-soft shadow-sm">{over.why}</p>}
      <Arriving status={status} lane={lane.id} />
      {data.error !== undefined && <Failed error={data.error} onRetry={data.retry} className="mb-1.5 text-xs" />}
      {data.loading && data.error === undefined ? (
        <div role="status" aria-label={`Loading ${STATUS_NAMES[status].toLowerCase()} tasks`} className="flex flex-col gap-1.5">
          {[0, 1, 2].map((place) => (
            <CardSkeleton key={place} status={status} />
          ))}
        </div>
      ) : (
        <ul aria-label={`${STATUS_NAMES[status]}${lane.name === "" ? "" : `, ${lane.name}`}`} className="relative" style={{ height: list.getTotalSize() }}>
          {items.map((item) => (
            <Row key={keyOf(data, item.index)} item={item} data={data} status={status} cell={cell} lane={lane} stop={item.index === stopIndex} />
          ))}
        </ul>
      )}
      <Rest data={data} lane={lane} status={status} />
    </div>
  );
}

/** The task of a row; while pages of two moments are side by side, a task may be in both. */
function taskAt(data: CellData, index: number) {
  const task = data.at(index);
  return task !== undefined && data.indexOf(task.id) === index ? task : undefined;
}

const keyOf = (data: CellData, index: number) => taskAt(data, index)?.id ?? index;

interface RowProps {
  item: { index: number; start: number };
  data: CellData;
  status: Status;
  cell: string;
  lane: Lane;
  stop: boolean;
}

function Row({ item: { index, start }, data, status, cell, lane, stop }: RowProps) {
  const task = taskAt(data, index);
  return (
    <li aria-setsize={data.capped ? -1 : data.total} aria-posinset={index + 1} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
      {task === undefined ? <CardSkeleton status={status} /> : <Card task={task} cell={cell} lane={lane.id} index={index} stop={stop} />}
    </li>
  );
}

const CardSkeleton = ({ status }: { status: Status }) => (
  <div style={{ height: CARD_HEIGHT[status] }}>
    <Skeleton className="h-full rounded-lg" />
  </div>
);

/** What is said below the cards. */
function Rest({ data, lane, status }: { data: CellData; lane: Lane; status: Status }) {
  const coming = useStore(moves, (all) => [...all.values()].some((one) => comesTo(one, status, lane.id)));
  if (data.loading) return null;
  if (data.total === 0 && data.error === undefined)
    return coming ? null : <p className={cn("absolute inset-x-0 text-center text-xs text-faint", lane.name === "" ? "top-6" : "top-1")}>None</p>;
  if (lane.without !== undefined && data.capped)
    return <p className="px-1 pb-2 text-xs text-faint">Among the first {LOOKED_AT} of the column.</p>;
  if (data.rows < data.total) return <p className="px-1 pb-2 text-xs text-faint">{count(data.total - data.rows)} more: narrow it down with a filter.</p>;
  return null;
}

const comesTo = (one: Move, status: Status, lane: string) => one.phase === "moving" && one.to === status && one.lane === lane;

/** Cards on their way here. */
function Arriving({ status, lane }: { status: Status; lane: string }) {
  const all = useStore(moves, (now) => now);
  const coming = [...all.values()].filter((one) => comesTo(one, status, lane));
  const [first] = coming;
  if (first === undefined) return null;
  return (
    <div role="status" className="mb-1.5 flex items-center gap-2 rounded-lg border border-accent bg-accent-soft p-2 text-[13px] leading-[18px] font-medium">
      <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />
      <span className="line-clamp-2 min-w-0 flex-1 break-words">{first.task.text}</span>
      {coming.length > 1 && <span className="shrink-0 text-xs text-soft">and {coming.length - 1} more</span>}
    </div>
  );
}

/** How far lists were scrolled that are not shown now: who comes back from a task finds them as they were. */
const places = new Map<string, number>();
const PLACES = 200;

/** A list that comes back is where it was; another one in its place begins at its top. */
function usePlace(scroller: RefObject<HTMLDivElement | null>, list: string, there: boolean) {
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || !there) return;
    if (shown.current !== list) {
      const top = shown.current === undefined ? (places.get(list) ?? 0) : 0;
      shown.current = list;
      box.scrollTo({ top, behavior: "instant" });
    }
    const keep = () => {
      places.delete(list);
      if (box.scrollTop > 0) places.set(list, box.scrollTop);
      for (const old of places.keys()) {
        if (places.size <= PLACES) break;
        places.delete(old);
      }
    };
    box.addEventListener("scroll", keep, { passive: true });
    return () => box.removeEventListener("scroll", keep);
  }, [scroller, list, there]);
}

/** What is being read stays where it is while others come and go above it; at the top, what is new is shown. */
function useAnchor(scroller: RefObject<HTMLDivElement | null>, data: CellData, height: number) {
  const anchor = useRef<{ id: string; index: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const was = anchor.current;
    const now = was === undefined || box.scrollTop === 0 ? undefined : data.indexOf(was.id);
    if (was !== undefined && now !== undefined && now !== was.index) box.scrollBy({ top: (now - was.index) * height, behavior: "instant" });
    const keep = () => {
      const index = Math.floor(box.scrollTop / height);
      const task = data.at(index);
      anchor.current = task === undefined ? undefined : { id: task.id, index };
    };
    keep();
    box.addEventListener("scroll", keep, { passive: true });
    return () => box.removeEventListener("scroll", keep);
  }, [scroller, data, height]);
}

/** Gives the focus to a card, as soon as it has been read and is there. */
function useFocus(cell: string, scroller: RefObject<HTMLDivElement | null>, data: CellData, list: Rows) {
  const [focuser] = useState(() => new Focuser());
  useEffect(() => focuser.draw(cell, scroller.current, data, list));
  return focuser.focus;
}

/** Takes what is dropped here, and says beforehand whether it can. */
function useDrop(scroller: RefObject<HTMLDivElement | null>, status: Status, lane: Lane) {
  const [over, setOver] = useState(false);
  const problem = useStore(dragged, (now) => (now === undefined ? undefined : (dropProblem(now, status, lane) ?? "")));
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    return dropTargetForElements({
      element,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => {
        setOver(false);
        const what = dragged.get();
        if (what !== undefined) drop(what, status, lane);
      },
    });
  }, [scroller, status, lane]);
  if (problem === undefined) return { look: "", why: undefined };
  if (problem !== "") return { look: "opacity-60", why: over ? problem : undefined };
  return { look: over ? "bg-accent-soft ring-2 ring-accent" : "ring-1 ring-accent/40", why: undefined };
}

