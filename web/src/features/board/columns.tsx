import { useMemo } from "react";
import type { KeyboardEvent } from "react";

import type { Counts, Status } from "@/api/types";
import { cn } from "@/shared/cn";
import { STATUS_NAMES, STATUSES, StatusIcon } from "@/shared/status";
import { Loading } from "@/shared/ui/states";

import { Cell } from "./cell";
import { ColumnHead, Folded, Total } from "./column";
import { LaneRow } from "./lane";
import { cellParams, filtersOf, WHOLE } from "./view";
import type { Lane, ListParams } from "./view";
import type { BoardSearch } from "./search";

const LEAST_REM = 12.5;
const FOLDED_REM = 2.75;
const GAP_REM = 0.5;

interface ColumnsProps {
  search: BoardSearch;
  counts: Counts;
  lanes: readonly Lane[];
  lanesReady: boolean;
  folded: readonly Status[];
  onFold: (status: Status) => void;
  onCreate: () => void;
}

type Column = { status: Status; params: ListParams; isFolded: boolean };

function useColumns(search: BoardSearch, counts: Counts, folded: readonly Status[]): Column[] {
  const filters = filtersOf(search);
  const orders = STATUSES.map((status) => JSON.stringify(cellParams(status, WHOLE, filters, counts))).join("\n");
  const folds = folded.join();
  // The same as long as it says the same: counts change all the time.
  return useMemo(
    () => orders.split("\n").map((text, place) => ({ status: STATUSES[place] ?? "pending", params: JSON.parse(text) as ListParams, isFolded: folds.split(",").includes(STATUSES[place] ?? "") })),
    [orders, folds],
  );
}

const widthOf = (columns: readonly Column[]) => ({
  template: columns.map(({ isFolded }) => (isFolded ? `${FOLDED_REM}rem` : `minmax(${LEAST_REM}rem, 1fr)`)).join(" "),
  minWidth: `${columns.reduce((sum, { isFolded }) => sum + (isFolded ? FOLDED_REM : LEAST_REM) + GAP_REM, -GAP_REM)}rem`,
});

/** All columns side by side. */
export function Columns({ search, counts, lanes, lanesReady, folded, onFold, onCreate }: ColumnsProps) {
  const columns = useColumns(search, counts, folded);
  const { template, minWidth } = widthOf(columns);
  const head = (column: Column, shown: boolean) => (
    <ColumnHead status={column.status} params={column.params} shown={shown} counts={Object.keys(filtersOf(search)).every((name) => name === "project") ? counts : undefined} onCreate={onCreate} onFold={() => onFold(column.status)} />
  );
  const whole = search.groupBy === undefined;
  if (whole)
    return (
      <div className="min-h-0 flex-1 overflow-x-auto overflow-y-hidden pb-1">
        <div className="grid h-full gap-2 [grid-template-rows:minmax(0,1fr)]" style={{ gridTemplateColumns: template, minWidth }}>
          {columns.map((column, place) =>
            column.isFolded ? (
              <Folded key={column.status} status={column.status} params={column.params} onUnfold={() => onFold(column.status)} />
            ) : (
              <section key={column.status} aria-label={STATUS_NAMES[column.status]} className="flex min-h-0 min-w-0 flex-col rounded-xl border bg-sunken/40">
                {head(column, true)}
                <Cell status={column.status} column={place} lane={WHOLE} row={0} params={column.params} className="flex-1" />
              </section>
            ),
          )}
        </div>
      </div>
    );
  return (
    <div className="min-h-0 flex-1 overflow-auto rounded-xl border bg-sunken/40">
      <div className="px-2" style={{ minWidth: `calc(${minWidth} + 1rem)` }}>
        <div className="sticky top-0 z-30 grid gap-2 border-b bg-ground" style={{ gridTemplateColumns: template }}>
          {columns.map((column) =>
            column.isFolded ? (
              <button key={column.status} type="button" aria-label={`Unfold ${STATUS_NAMES[column.status].toLowerCase()}`} onClick={() => onFold(column.status)} className="flex h-9 items-center justify-center hover:text-ink">
                <StatusIcon status={column.status} />
              </button>
            ) : (
              <div key={column.status} className="min-w-0">
                {head(column, false)}
              </div>
            ),
          )}
        </div>
        {lanesReady ? (
          lanes.map((lane, row) => (
            <LaneRow key={lane.id} lane={lane} row={row} template={template} columns={columns.map(({ status, params, isFolded }) => ({ status, params: isFolded ? undefined : params }))} />
          ))
        ) : (
          <Loading />
        )}
      </div>
    </div>
  );
}

interface OneProps extends Omit<ColumnsProps, "folded" | "onFold"> {
  shown: Status;
  onShow: (status: Status) => void;
}

const NONE: readonly Status[] = [];

/** One column, with tabs for the others: for what is narrow. */
export function OneColumn({ search, counts, lanes, lanesReady, shown, onShow }: OneProps) {
  const columns = useColumns(search, counts, NONE);
  const column = columns.find(({ status }) => status === shown);
  const whole = search.groupBy === undefined;
  const turn = (event: KeyboardEvent) => {
    const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = STATUSES[STATUSES.indexOf(shown) + way];
    if (way === 0 || next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onShow(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label="Columns" tabIndex={-1} onKeyDown={turn} className="-mx-3 flex shrink-0 overflow-x-auto border-b px-3">
        {columns.map(({ status, params }) => (
          <button
            key={status}
            id={`tab-${status}`}
            type="button"
            role="tab"
            aria-selected={status === shown}
            aria-controls="column"
            tabIndex={status === shown ? 0 : -1}
            onClick={() => onShow(status)}
            className={cn("flex shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2.5 py-2 text-sm text-soft", status === shown && "border-accent font-medium text-ink")}
          >
            <StatusIcon status={status} />
            {STATUS_NAMES[status]}
            <Total params={params} shown={status === shown && whole} />
          </button>
        ))}
      </div>
      <div id="column" role="tabpanel" aria-labelledby={`tab-${shown}`} className={cn("flex min-h-0 flex-1 flex-col", !whole && "overflow-auto")}>
        {column !== undefined && whole && <Cell key={shown} status={shown} column={0} lane={WHOLE} row={0} params={column.params} className="flex-1" />}
        {column !== undefined &&
          !whole &&
          (lanesReady ? lanes.map((lane, row) => <LaneRow key={`${shown} ${lane.id}`} lane={lane} row={row} template="minmax(0, 1fr)" columns={[column]} />) : <Loading />)}
      </div>
    </>
  );
}
