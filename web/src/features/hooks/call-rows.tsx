import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { ReactNode } from "react";

import { useNow } from "@/shared/clock";
import { exactTime, relativeTime } from "@/shared/format";
import { VirtualRows } from "@/shared/ui/virtual-rows";
import { shortSession } from "@/shared/value";
import { usePhone } from "@/shared/wide";

import type { Call } from "./calls";
import { DecisionBadge } from "./verdict";

interface RowsProps {
  calls: readonly Call[];
  at: string | undefined;
  onOpen: (id: string) => void;
  onEnd: () => void;
  end: ReactNode;
}

const idOf = ({ id }: Call) => id;

/** Tool calls, one a line. */
export function CallRows({ calls, at, onOpen, onEnd, end }: RowsProps) {
  const phone = usePhone();
  const now = useNow();
  return (
    <VirtualRows
      label="Tool calls"
      items={calls}
      idOf={idOf}
      height={phone ? 64 : 38}
      at={at}
      onEnd={onEnd}
      end={end}
      row={(call) => <CallRow call={call} when={relativeTime(call.at, now)} at={call.id === at} onOpen={onOpen} />}
    />
  );
}

const CallRow = memo(function CallRow({ call, when, at, onOpen }: { call: Call; when: string; at: boolean; onOpen: (id: string) => void }) {
  const { id, tool, target, decision, rule, session } = call;
  return (
    <div className="flex h-full items-center gap-3 px-3">
      <button
        type="button"
        aria-current={at || undefined}
        onClick={() => onOpen(id)}
        className="flex h-full min-w-0 flex-1 flex-wrap content-center items-center gap-x-3 gap-y-1 text-left outline-offset-[-2px] md:flex-nowrap"
      >
        <span className="flex w-full min-w-0 items-center gap-3 md:w-auto">
          <span className="flex w-24 shrink-0">
            <DecisionBadge decision={decision} />
          </span>
          <span className="min-w-0 flex-1 truncate font-medium md:w-24 md:flex-none" title={tool}>
            {tool}
          </span>
        </span>
        <code className="w-full min-w-0 truncate text-xs text-soft md:w-auto md:flex-1" title={target}>
          {target}
        </code>
        {rule !== undefined && (
          <span className="hidden max-w-44 shrink-0 truncate rounded bg-sunken px-1.5 py-0.5 text-xs text-soft md:block" title={call.reason ?? rule}>
            {rule}
          </span>
        )}
      </button>
      {session !== undefined && (
        <Link to="/hooks" search={{ session }} title={`Session ${session}`} className="hidden w-20 shrink-0 truncate rounded font-mono text-xs text-accent hover:underline @2xl:block">
          {shortSession(session)}
        </Link>
      )}
      <time dateTime={new Date(call.at).toISOString()} title={exactTime(call.at)} className="tabular w-20 shrink-0 text-right text-xs text-faint">
        {when}
      </time>
    </div>
  );
});
