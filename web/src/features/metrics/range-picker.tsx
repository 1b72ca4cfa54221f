import { cn } from "@/shared/cn";

import { RANGE_IDS, RANGES } from "./ranges";
import type { RangeId } from "./ranges";

/** How far back one looks. */
export function RangePicker({ value, onChange }: { value: RangeId; onChange: (next: RangeId) => void }) {
  return (
    <fieldset className="inline-flex max-w-full overflow-x-auto rounded-md border bg-panel p-0.5">
      <legend className="sr-only">The last</legend>
      {RANGE_IDS.map((id) => (
        <label
          key={id}
          title={`The last ${RANGES[id].name}`}
          className={cn(
            "relative cursor-pointer rounded px-2 py-1 text-xs font-medium whitespace-nowrap has-focus-visible:outline-2 has-focus-visible:outline-accent",
            id === value ? "bg-accent-soft text-accent" : "text-soft hover:bg-sunken hover:text-ink",
          )}
        >
          <input type="radio" name="range" className="sr-only" checked={id === value} aria-label={`The last ${RANGES[id].name}`} onChange={() => onChange(id)} />
          <span aria-hidden>{id}</span>
        </label>
      ))}
    </fieldset>
  );
}
