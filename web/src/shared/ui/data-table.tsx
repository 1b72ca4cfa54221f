import { ArrowDown, ArrowUp } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

import { Button } from "./button";
import { Sideways } from "./sideways";

export interface Column<Row> {
  name: string;
  /** Its name is for those who do not see it. */
  bare?: boolean;
  /** Numbers stand on the right. */
  right?: boolean;
  cell: (row: Row) => ReactNode;
  /** By what rows are put in order when its name is pressed. */
  by?: (row: Row) => number | string;
  className?: string;
}

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  /** The column that rows are in order of at first; as they are, if none is named. */
  order?: string;
  /** So many rows are shown until one asks for more. */
  most?: number;
}

interface Order {
  name: string;
  down: boolean;
}

function inOrder<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | undefined): readonly Row[] {
  const by = columns.find(({ name }) => name === order?.name)?.by;
  if (by === undefined || order === undefined) return rows;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    const apart = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return order.down ? -apart : apart;
  });
}

/** Rows of a few hundred at most; it scrolls inside where it is too wide. */
export function DataTable<Row>({ label, columns, rows, id, order: first, most = 10 }: DataTableProps<Row>) {
  const [order, setOrder] = useState<Order | undefined>(first === undefined ? undefined : { name: first, down: true });
  const [all, setAll] = useState(false);
  const sorted = inOrder(rows, columns, order);
  return (
    <>
      <Sideways label={label}>
        <table className="w-full text-sm">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr className="border-b text-xs text-soft">
              {columns.map((column) => (
                <Head key={column.name} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {(all ? sorted : sorted.slice(0, most)).map((row) => (
              <tr key={id(row)} className="border-b last:border-b-0 hover:bg-sunken/60">
                {columns.map(({ name, right, cell, className }) => (
                  <td key={name} className={cn("px-3 py-2 align-top first:pl-4 last:pr-4", right === true && "tabular text-right whitespace-nowrap", className)}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      {rows.length > most && (
        <div className="border-t px-4 py-2">
          <Button look="quiet" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `Show ${most}` : `Show all ${rows.length}`}
          </Button>
        </div>
      )}
    </>
  );
}

function Head<Row>({ column: { name, bare, right, by, className }, order, onOrder }: { column: Column<Row>; order: Order | undefined; onOrder: (order: Order) => void }) {
  const down = order?.name === name ? order.down : undefined;
  const Arrow = down === false ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={down === undefined ? undefined : down ? "descending" : "ascending"}
      className={cn("px-3 py-2 font-medium first:pl-4 last:pr-4 whitespace-nowrap", right === true ? "text-right" : "text-left", className)}
    >
      {by === undefined ? (
        <span className={bare === true ? "sr-only" : undefined}>{name}</span>
      ) : (
        <button type="button" className="inline-flex items-center gap-1 hover:text-ink" onClick={() => onOrder({ name, down: down !== true })}>
          {name}
          <Arrow aria-hidden className={cn("size-3", down === undefined && "invisible")} />
        </button>
      )}
    </th>
  );
}
