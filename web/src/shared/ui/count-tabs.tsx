import type { ReactNode } from "react";

import { cn } from "@/shared/cn";
import { count } from "@/shared/format";

interface Tab<Value extends string> {
  value: Value;
  name: string;
  about: string;
  icon: ReactNode;
  many: number;
}

interface CountTabsProps<Value extends string> {
  label: string;
  tabs: readonly Tab<Value>[];
  /** How many there are of all kinds. */
  all: number;
  chosen: Value | undefined;
  onChoose: (value: Value | "") => void;
}

/** All, or those of one kind; with how many there are of each. */
export function CountTabs<Value extends string>({ label, tabs, all, chosen, onChoose }: CountTabsProps<Value>) {
  const shown: readonly (Omit<Tab<Value>, "value" | "about"> & { value: Value | ""; about?: string })[] = [{ value: "", name: "All", icon: null, many: all }, ...tabs];
  return (
    <div role="group" aria-label={label} className="flex max-w-full gap-1 overflow-x-auto">
      {shown.map(({ value, name, about, icon, many }) => {
        const on = (chosen ?? "") === value;
        return (
          <button
            key={value}
            type="button"
            aria-pressed={on}
            title={about}
            onClick={() => onChoose(value)}
            className={cn("inline-flex h-8 shrink-0 items-center gap-2 rounded-md border px-3", on ? "border-accent bg-accent-soft font-medium text-accent" : "bg-panel text-soft hover:text-ink")}
          >
            {icon}
            {name}
            <span className="tabular font-semibold">{count(many)}</span>
          </button>
        );
      })}
    </div>
  );
}
