import { Pause, Play, RefreshCw } from "lucide-react";

import { brief, count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Tip } from "@/shared/ui/tip";

import type { EventLog, LogState } from "./log";

/** Whether it runs, what waits, and what is not shown. */
export function StreamState({ log, state }: { log: EventLog; state: LogState }) {
  const { paused, waiting, sample, leftOut } = state;
  return (
    <>
      <span role="status" className="flex items-center gap-2 text-xs">
        {paused && <span className="rounded-full bg-warn-soft px-2 py-0.5 font-medium text-warn">Paused{waiting > 0 && `: ${count(waiting)} new`}</span>}
        {!paused && sample > 1 && (
          <Tip text="More comes than can be read. One of so many is shown; all are in the log.">
            <button type="button" className="rounded-full bg-warn-soft px-2 py-0.5 font-medium text-warn">
              Showing 1 of {count(sample)}
            </button>
          </Tip>
        )}
      </span>
      {!paused && leftOut > 0 && sample === 1 && (
        <Tip text="They came faster than they could be shown. Reads the newest ones from the log, without gaps.">
          <Button size="small" onClick={log.read}>
            <RefreshCw aria-hidden />
            {brief(leftOut)} not shown
          </Button>
        </Tip>
      )}
      <Button aria-pressed={paused} onClick={paused ? log.resume : log.pause} aria-keyshortcuts="p">
        {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        {paused ? "Go on" : "Pause"}
      </Button>
    </>
  );
}
