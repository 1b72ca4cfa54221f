import { ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { useRead } from "@/api/query";
import type { Status } from "@/api/types";
import { cn } from "@/shared/cn";
import { brief } from "@/shared/format";

import { Cell } from "./cell";
import { headParams } from "./cell-data";
import type { Lane, ListParams } from "./view";

interface LaneProps {
  lane: Lane;
  row: number;
  /** The columns that are shown, with what each lists; those that are folded up list nothing. */
  columns: readonly { status: Status; params: ListParams | undefined }[];
  template: string;
}

/** How far from the view a lane begins to be read. */
const NEAR = "300px";

/** Whether an element is in view, or nearly: only then is it read. */
function useNear() {
  const ref = useRef<HTMLElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting === true), { rootMargin: NEAR });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, near] as const;
}

function LaneCell({ lane, row, status, column, params }: { lane: Lane; row: number; status: Status; column: number; params: ListParams }) {
  const all = useMemo(() => ({ ...params, ...lane.filter }), [params, lane]);
  const { data } = useRead("task.list", headParams(all, lane), { keep: true });
  const total = lane.without === undefined ? data?.totalCount : undefined;
  return (
    <div className="flex min-w-0 flex-col">
      <div aria-hidden className="tabular h-4 px-2 text-right text-[11px] leading-4 text-faint">
        {total !== undefined && total > 0 && `${brief(total)}${data?.totalCapped === true ? "+" : ""}`}
      </div>
      <Cell status={status} column={column} lane={lane} row={row} params={all} className="max-h-80 flex-1" />
    </div>
  );
}

/** A row of the board, with a cell for each column. */
export function LaneRow({ lane, row, columns, template }: LaneProps) {
  const [open, setOpen] = useState(true);
  const [ref, near] = useNear();
  return (
    <section ref={ref} aria-label={lane.name} className="border-b last:border-b-0">
      <h3 className="sticky left-0 w-fit">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex h-9 items-center gap-1.5 rounded-md px-2 text-sm font-semibold hover:bg-sunken">
          <ChevronRight aria-hidden className={cn("size-4 text-faint transition-transform", open && "rotate-90")} />
          <span className={cn("max-w-80 truncate", lane.without !== undefined && "font-medium text-soft")}>{lane.name}</span>
        </button>
      </h3>
      {open && (
        <div className={cn("grid gap-2 pb-2", !near && "min-h-64")} style={{ gridTemplateColumns: template }}>
          {near &&
            columns.map(({ status, params }, column) =>
              params === undefined ? <div key={status} /> : <LaneCell key={status} lane={lane} row={row} status={status} column={column} params={params} />,
            )}
        </div>
      )}
    </section>
  );
}
