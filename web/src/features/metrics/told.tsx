import { Info } from "lucide-react";

import { exactTime } from "@/shared/format";

import type { FlowsFound } from "./use-range";

/** What the figures lack, if they lack something. */
export function Told({ found }: { found: FlowsFound | undefined }) {
  if (found === undefined || (!found.rebuilding && found.lost.length === 0)) return null;
  return (
    <div role="status" className="flex gap-2 rounded-lg border border-warn/40 bg-warn-soft p-3">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div>
        {found.rebuilding && <p>The figures are being counted anew: what they lack will be there again.</p>}
        {found.lost.map(({ from, to }) => (
          <p key={from}>
            Nothing was counted from {exactTime(Date.parse(from))} to {exactTime(Date.parse(to))}: these figures are missing for good.
          </p>
        ))}
      </div>
    </div>
  );
}
