import { Link } from "@tanstack/react-router";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { call } from "@/api/call";
import type { Event } from "@/api/types";
import { cn } from "@/shared/cn";
import { JsonTree } from "@/shared/content/json";
import { line } from "@/shared/content/safe";
import { PlainText } from "@/shared/content/text";
import { count, duration } from "@/shared/format";
import { Age, Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Sideways } from "@/shared/ui/sideways";
import { Failed, Loading } from "@/shared/ui/states";

import { attempts } from "./attempts";
import type { Attempt, End } from "./attempts";
import { sentence } from "./sentences";
import type { Tone } from "./sentences";

const PAGE = 250;

export interface History {
  events: Event[];
  hasMore: boolean;
  olderGone: boolean;
}

/** What happened to a task, from the beginning; so many pages of it. It is there even when the task is not. */
export function useHistory(id: string, pages: number) {
  return useQuery({
    // Named as the method, so that events of the task make it old.
    queryKey: ["task.history", { id, pages }],
    queryFn: async ({ signal }): Promise<History> => {
      const events: Event[] = [];
      let after: string | undefined;
      let olderGone = false;
      for (let page = 0; page < pages; page += 1) {
        const found = await call("task.history", { id, limit: PAGE, ...(after === undefined ? {} : { after }) }, { signal });
        events.push(...found.events);
        olderGone ||= found.olderGone === true;
        if (!found.hasMore) return { events, hasMore: false, olderGone };
        after = found.next;
      }
      return { events, hasMore: true, olderGone };
    },
    placeholderData: keepPreviousData,
  });
}

const DOTS: Record<Tone, string> = { plain: "bg-strong", running: "bg-running", done: "bg-done", failed: "bg-failed", cancelled: "bg-cancelled" };

function Entry({ event }: { event: Event }) {
  const [raw, setRaw] = useState(false);
  const { who, says, tone, why, task } = sentence(event);
  return (
    <li className="group relative pb-3 pl-6 last:pb-0">
      <span aria-hidden className="absolute top-1.5 bottom-[-0.4rem] left-[0.3rem] w-px bg-line group-last:hidden" />
      <span aria-hidden className={cn("absolute top-1.5 left-0 size-2.5 rounded-full ring-2 ring-panel", DOTS[tone])} />
      <div className="flex flex-wrap items-baseline gap-x-2">
        <p className="min-w-0 [overflow-wrap:anywhere]">
          <bdi className="font-semibold">{who}</bdi> {says}
          {task !== undefined && (
            <>
              {" "}
              (
              <Link to="/tasks/$id" params={{ id: task }} className="text-accent underline underline-offset-2">
                {line(task, 30)}
              </Link>
              )
            </>
          )}
        </p>
        <span className="text-xs text-faint">
          <Time at={event.timestamp} />
          {event.attempt != null && ` · attempt ${count(event.attempt)}`}
        </span>
        <button type="button" aria-expanded={raw} aria-label={`The event ${event.id} as it is`} onClick={() => setRaw(!raw)} className="text-xs text-soft underline decoration-dotted underline-offset-2 hover:text-ink">
          {raw ? "hide" : "event"}
        </button>
      </div>
      {why !== undefined && <PlainText text={why} mono={tone === "failed"} first={1_000} className="mt-1 rounded-md bg-sunken px-2 py-1 text-soft" />}
      {raw && (
        <div className="mt-1 rounded-md bg-sunken p-2">
          <JsonTree value={event} />
        </div>
      )}
    </li>
  );
}

const ENDS: Record<End, { name: string; look: string }> = {
  running: { name: "Running", look: "text-running" },
  completed: { name: "Completed", look: "text-done" },
  failed: { name: "Failed", look: "text-failed" },
  released: { name: "Given back", look: "text-soft" },
  taken: { name: "Taken away", look: "text-soft" },
  cancelled: { name: "Called off", look: "text-cancelled" },
};

function AttemptRow({ attempt: { number, worker, began, ended, how, why, error } }: { attempt: Attempt }) {
  const { name, look } = ENDS[how];
  const because = [why, error].filter((one) => one !== undefined).join(": ");
  return (
    <>
      <tr className="border-t">
        <td className="tabular w-px px-4 py-1.5 text-soft">{count(number)}</td>
        <td className="max-w-40 truncate px-2 py-1.5">
          <bdi>{worker === undefined ? "by hand" : line(worker, 60)}</bdi>
        </td>
        <td className={cn("px-2 py-1.5 font-medium whitespace-nowrap", look)}>{name}</td>
        <td className="tabular px-2 py-1.5 whitespace-nowrap">{ended === undefined ? <Age since={began} /> : duration(ended - began)}</td>
        <td className="px-2 py-1.5 pr-4 whitespace-nowrap text-soft">
          <Time at={began} />
        </td>
      </tr>
      {because !== "" && (
        <tr>
          <td />
          <td colSpan={4} className="px-2 pb-2 text-xs [overflow-wrap:anywhere] text-soft">
            {line(because, 200)}
          </td>
        </tr>
      )}
    </>
  );
}

export function AttemptsCard({ events, whole }: { events: readonly Event[]; whole: boolean }) {
  const list = useMemo(() => attempts(events), [events]);
  if (list.length === 0) return null;
  return (
    <Card title="Attempts" aside={<span className="tabular text-xs text-soft">{count(list.length)}{whole ? "" : " so far"}</span>} flush>
      <Sideways label="Attempts">
        <table className="w-full text-left">
          <thead className="text-xs text-soft">
            <tr>
              <th className="px-4 py-1.5 font-medium">
                <span className="sr-only">Number</span>
              </th>
              {["Worker", "Ended", "Took", "Began"].map((name) => (
                <th key={name} className="px-2 py-1.5 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...list]
              .reverse()
              .slice(0, 50)
              .map((attempt) => (
                <AttemptRow key={attempt.number} attempt={attempt} />
              ))}
          </tbody>
        </table>
      </Sideways>
      {list.length > 50 && <p className="border-t px-4 py-1.5 text-xs text-soft">Those before the last 50 are in the history.</p>}
    </Card>
  );
}

/** All that happened to a task; its attempts, drawn from that. */
export function HistoryCards({ id }: { id: string }) {
  const [pages, setPages] = useState(1);
  const [newest, setNewest] = useState(true);
  const found = useHistory(id, pages);
  if (found.isPending) return <Loading rows={3} />;
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  const { events, hasMore, olderGone } = found.data;
  const more = hasMore && (
    <Button size="small" busy={found.isFetching} onClick={() => setPages(pages + 1)}>
      Read the next {count(PAGE)}
    </Button>
  );
  return (
    <>
      <AttemptsCard events={events} whole={!hasMore} />
      <Card
        title="History"
        aside={
          <Button size="small" look="quiet" onClick={() => setNewest(!newest)}>
            {newest ? "Newest first" : "Oldest first"}
          </Button>
        }
      >
        {newest && more !== false && <p className="mb-3 flex items-center gap-2 text-soft">What came later is not read yet. {more}</p>}
        <ol aria-label="What happened">
          {(newest ? [...events].reverse() : events).map((event) => (
            <Entry key={event.id} event={event} />
          ))}
        </ol>
        {!newest && more !== false && <div className="mt-3">{more}</div>}
        {olderGone && <p className="mt-3 text-xs text-soft">What happened before is past its retention.</p>}
      </Card>
    </>
  );
}
