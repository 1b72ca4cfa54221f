import { Sideways } from "@/shared/ui/sideways";

import { pointTime } from "./scale";
import type { Drawn } from "./types";

/** So many of the newest points are in the table. */
const MOST = 400;

/** The same as the chart, in figures. */
export function ChartTable({ label, drawn, stepMs }: { label: string; drawn: Drawn; stepMs: number | undefined }) {
  const { times, lines, say, utc = false } = drawn;
  const first = Math.max(0, times.length - MOST);
  return (
    <Sideways className="max-h-72 rounded-lg border" label={`${label}: table`}>
      <table className="tabular w-full text-xs">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 bg-sunken">
          <tr>
            <th scope="col" className="px-2 py-1.5 text-left font-medium text-soft">
              Time
            </th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" className="px-2 py-1.5 text-right font-medium text-soft">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((at, place) => (
              <tr key={at} className="border-t">
                <th scope="row" className="px-2 py-1 text-left font-normal whitespace-nowrap text-soft">
                  {pointTime(at, stepMs, utc)}
                </th>
                {lines.map(({ name, values }) => {
                  const value = values[place];
                  return (
                    <td key={name} className="px-2 py-1 text-right">
                      {value == null ? "–" : say(value)}
                    </td>
                  );
                })}
              </tr>
            ))
            .slice(first)
            .reverse()}
        </tbody>
      </table>
    </Sideways>
  );
}
