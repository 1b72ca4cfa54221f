import { count, exactTime } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import type { EventLog, LogState } from "./log";

const ENDS = {
  none: "This is where the log begins.",
  gone: "Older events are gone: the server keeps them for a limited time.",
} as const;

/** What stands below the oldest event: why there is none, what is being read, or that nothing is before it. */
export function LogEnd({ log, state, shown, searching, asked }: { log: EventLog; state: LogState; shown: number; searching: boolean; asked: boolean }) {
  const { loading, error, before, lookedBackTo } = state;
  if (error !== undefined)
    return (
      <div className="p-3">
        <Failed error={error} onRetry={state.events.length === 0 ? log.read : log.older} />
      </div>
    );
  if (loading) return <Loading rows={shown === 0 ? 8 : 1} />;
  const back = lookedBackTo === undefined ? "" : ` Looked back to ${exactTime(lookedBackTo)}.`;
  if (before === "more") {
    // What the server does not look for is looked for when it is asked for: else a rare one would have all read.
    return searching || asked ? (
      <div className="flex flex-wrap items-center justify-center gap-3 p-4 text-soft">
        <span>
          {shown === 0 ? "Nothing of this is in what is loaded." : `${count(shown)} found.`}
          {back}
        </span>
        <Button size="small" onClick={log.older}>
          Look further back
        </Button>
      </div>
    ) : null;
  }
  if (shown === 0)
    return (
      <Empty title={searching ? "Nothing has these words" : "No such event"}>
        <p>{ENDS[before]} What comes is shown here at once.</p>
      </Empty>
    );
  return <p className="p-4 text-center text-soft">{ENDS[before]}</p>;
}
