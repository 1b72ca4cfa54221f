// How far a project is, how fast it goes, and how long the rest takes.

import type { ReactNode } from "react";

import type { Counts } from "@/api/types";
import { useNow } from "@/shared/clock";
import { count, duration, percent } from "@/shared/format";
import { Figure } from "@/shared/ui/card";

import type { Done } from "./done";
import { DAY, estimate, HOUR, perSpan, within } from "./estimate";
import { doneOf, openOf, ProgressBar } from "./progress";

/** What was done in each hour of the last day, or in each five minutes of the last hour. */
function Sparkline({ times, now }: { times: readonly number[]; now: number }) {
  const lately = within(times, now, HOUR) === within(times, now, DAY);
  const counts = perSpan(times, now, lately ? 12 : 24, lately ? 300_000 : HOUR);
  const most = Math.max(1, ...counts);
  return (
    <span role="img" aria-label={`Done ${lately ? "in each five minutes of the last hour" : "in each hour of the last day"}: ${counts.join(", ")}`} className="mt-1 flex h-4 items-end gap-px">
      {counts.map((value, place) => (
        <span key={place} className={value > 0 ? "flex-1 rounded-sm bg-done" : "flex-1 rounded-sm bg-line"} style={{ height: `${Math.max(8, (value / most) * 100)}%` }} />
      ))}
    </span>
  );
}

/** What belongs to a figure, in as many lines as it takes. */
const Note = ({ children }: { children: ReactNode }) => <span className="block whitespace-normal">{children}</span>;

/** Whether some that were done in this time are not known. */
const isCut = (since: number | undefined, now: number, ms: number): boolean => since !== undefined && since > now - ms;

function Remaining({ counts, done: { times, since }, now, paused, stuckCount }: { counts: Counts; done: Done; now: number; paused: boolean; stuckCount: number }) {
  const guess = estimate(openOf(counts), times, now);
  const label = "Time that remains";
  const hindered = stuckCount > 0 ? `${count(stuckCount)} stuck behind what failed` : undefined;
  if (counts.total === 0) return <Figure label={label} value="–" note="There is nothing to do" />;
  if (guess.kind === "done") return <Figure label={label} value="None" tone="done" note="Nothing is open" />;
  if (paused) return <Figure label={label} value="Paused" tone="warn" note={<Note>{hindered ?? "Nobody can claim its tasks"}</Note>} />;
  if (guess.kind === "unknown") return <Figure label={label} value="Unknown" note={<Note>{hindered ?? "Not enough done yet to tell"}</Note>} />;
  const told = isCut(since, now, guess.within === "hour" ? HOUR : DAY) ? `with the last ${count(guess.done)} that were done` : `in the last ${guess.within}: ${count(guess.done)} done`;
  return (
    <Figure
      label={label}
      value={`about ${duration(Math.ceil(guess.ms / 60_000) * 60_000)}`}
      note={<Note>{hindered ?? `If it goes on as ${told}`}</Note>}
      {...(hindered === undefined ? {} : { tone: "warn" as const })}
    />
  );
}

export function Overview({ counts, done, paused, stuckCount }: { counts: Counts; done: Done; paused: boolean; stuckCount: number }) {
  const now = useNow();
  const { times, average, since } = done;
  return (
    <section aria-label="How it stands" className="flex flex-col gap-3">
      <div className="rounded-xl border bg-panel p-4">
        <ProgressBar counts={counts} legend />
      </div>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure label="Done" value={percent(doneOf(counts))} note={<Note>{`${count(counts.completed)} of ${count(counts.total)}${counts.cancelled > 0 ? `, ${count(counts.cancelled)} called off` : ""}`}</Note>} />
        <Figure
          label="Open"
          value={count(openOf(counts))}
          note={<Note>{`${count(counts.inProgress)} in progress, ${count(counts.ready)} ready${counts.failed > 0 ? `; ${count(counts.failed)} failed` : ""}`}</Note>}
        />
        <Figure
          label="Done in the last hour"
          value={
            <>
              {isCut(since, now, HOUR) && <span className="text-sm">At least </span>}
              {count(within(times, now, HOUR))}
            </>
          }
          note={
            <Note>
              {isCut(since, now, DAY) ? "At least " : ""}
              {count(within(times, now, DAY))} in the last day{average === undefined ? "" : `, ${duration(average)} each`}
              <Sparkline times={times} now={now} />
            </Note>
          }
        />
        <Remaining counts={counts} done={done} now={now} paused={paused} stuckCount={stuckCount} />
      </div>
    </section>
  );
}
