import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

interface VirtualRowsProps<T> {
  label: string;
  items: readonly T[];
  idOf: (item: T) => string;
  /** All rows are as high. */
  height: number;
  row: (item: T) => ReactNode;
  /** The one that the keys are at. */
  at?: string | undefined;
  /** Above the rows; it stays in sight. */
  head?: ReactNode;
  /** Below the last row. */
  end?: ReactNode;
  /** The end came in sight. */
  onEnd?: () => void;
  /** Which are in sight. */
  onSight?: (ids: readonly string[]) => void;
}

/** So many rows before the end, what comes after it is read. */
const AHEAD = 30;

/** Rows, of which only those in sight are there. What comes above does not move what is looked at. */
export function VirtualRows<T>({ label, items, idOf, height, row, at, head, end, onEnd, onSight }: VirtualRowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // What it answers changes without its being told: this component is not to be remembered by the compiler.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 8 });
  useEffect(() => rows.measure(), [rows, height]);

  const first = useRef<string>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = first.current;
    first.current = items[0] === undefined ? undefined : idOf(items[0]);
    if (element === null || before === undefined || element.scrollTop < 4) return;
    const moved = items.findIndex((item) => idOf(item) === before);
    if (moved > 0) element.scrollTop += moved * height;
  }, [items, idOf, height]);

  useEffect(() => {
    const place = at === undefined ? -1 : items.findIndex((item) => idOf(item) === at);
    if (place >= 0) rows.scrollToIndex(place, { align: "auto" });
    // Only where the keys have gone, not when rows have come.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [at]);

  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - AHEAD) onEnd?.();
  }, [last, items.length, onEnd]);
  const ids = shown.flatMap(({ index }) => (items[index] === undefined ? [] : idOf(items[index]))).join(" ");
  useEffect(() => onSight?.(ids === "" ? [] : ids.split(" ")), [ids, onSight]);

  return (
    <div ref={scroller} data-rows className="@container min-h-0 min-w-0 flex-1 overflow-auto overscroll-contain rounded-xl border bg-panel">
      {head}
      <ul aria-label={label} className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const item = items[index];
          return (
            item !== undefined && (
              <li
                key={idOf(item)}
                className={cn("absolute inset-x-0 top-0 border-b", idOf(item) === at ? "bg-accent-soft" : "hover:bg-sunken")}
                style={{ height, transform: `translateY(${start}px)` }}
              >
                {idOf(item) === at && <span aria-hidden className="absolute inset-y-0 left-0 w-0.5 bg-accent" />}
                {row(item)}
              </li>
            )
          );
        })}
      </ul>
      {end}
    </div>
  );
}
