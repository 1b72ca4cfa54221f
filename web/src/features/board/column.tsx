import { ChevronsLeftRight, Ellipsis, ListChecks, Plus, Rows3 } from "lucide-react";

import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Counts, Status } from "@/api/types";
import { brief, count } from "@/shared/format";
import { STATUS_NAMES, StatusIcon } from "@/shared/status";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import type { MenuItem } from "@/shared/ui/menu";

import { headParams } from "./cell-data";
import { clearSelection, selectRead } from "./select";
import { MOST_SELECTED } from "./state";
import { countParams, ORDER_NAMES, WHOLE } from "./view";
import type { ListParams } from "./view";

/** How many tasks a column has. Where its first page is shown, that says so, too: nothing more is asked. */
export function useTotal(params: ListParams, shown: boolean): { total: number; capped: boolean } | undefined {
  const { data } = useRead("task.list", shown ? headParams(params, WHOLE) : countParams(params), { keep: true });
  return data && { total: data.totalCount, capped: data.totalCapped === true };
}

export function Total({ params, shown }: { params: ListParams; shown: boolean }) {
  const total = useTotal(params, shown);
  if (total === undefined) return null;
  return (
    <span className="tabular shrink-0 rounded-full bg-sunken px-1.5 text-xs leading-5 font-medium text-soft" title={`${count(total.total)}${total.capped ? " or more" : ""}`}>
      {brief(total.total)}
      {total.capped && "+"}
    </span>
  );
}

interface HeadProps {
  status: Status;
  params: ListParams;
  /** Whether its first page is shown below. */
  shown: boolean;
  /** Of what it consists; where nothing but the project narrows it. */
  counts: Counts | undefined;
  onCreate: () => void;
  onFold: () => void;
}

export function ColumnHead({ status, params, shown, counts, onCreate, onFold }: HeadProps) {
  const may = useMay("tasks:write");
  const parts = status === "pending" && counts !== undefined ? `${count(counts.ready)} ready, ${count(counts.scheduled)} scheduled, ${count(counts.blocked)} blocked. ` : "";
  const items: (MenuItem | "line")[] = [
    ...(may && status === "pending" ? [{ label: "New task", icon: <Plus aria-hidden />, keys: "c", onSelect: onCreate }] : []),
    ...(may
      ? [
          {
            label: `Select all${shown ? "" : ", over all lanes"}`,
            icon: <ListChecks aria-hidden />,
            onSelect: () => {
              clearSelection();
              void selectRead({ lane: WHOLE, params }, 0, MOST_SELECTED);
            },
          },
        ]
      : []),
    { label: "Fold it up", icon: <ChevronsLeftRight aria-hidden />, onSelect: onFold },
  ];
  return (
    <div className="flex h-9 items-center gap-1 pr-1 pl-2">
      <StatusIcon status={status} />
      <h2 className="ml-0.5 truncate text-sm font-semibold" title={`${parts}${ORDER_NAMES[params.orderBy === "queue" || params.orderBy === "updatedAt" ? params.orderBy : "createdAt"]}.`}>
        {STATUS_NAMES[status]}
      </h2>
      <Total params={params} shown={shown} />
      <Menu
        trigger={
          <Button look="quiet" size="icon" className="ml-auto size-6 pointer-coarse:size-8" aria-label={`What to do with ${STATUS_NAMES[status].toLowerCase()}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={items}
      />
    </div>
  );
}

/** A column that is folded up: its name and how many it has. */
export function Folded({ status, params, onUnfold }: { status: Status; params: ListParams; onUnfold: () => void }) {
  return (
    <button
      type="button"
      onClick={onUnfold}
      aria-label={`Unfold ${STATUS_NAMES[status].toLowerCase()}`}
      className="flex w-full flex-col items-center gap-2 rounded-xl border bg-panel py-2.5 text-soft hover:border-strong hover:text-ink"
    >
      <StatusIcon status={status} />
      <Total params={params} shown={false} />
      <span className="text-xs font-medium [writing-mode:vertical-rl]">{STATUS_NAMES[status]}</span>
      <Rows3 aria-hidden className="size-3.5 text-faint" />
    </button>
  );
}
