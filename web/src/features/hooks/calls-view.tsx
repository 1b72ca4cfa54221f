import { X } from "lucide-react";
import { useCallback, useMemo } from "react";

import { LogEnd } from "@/features/events/log-end";
import { StreamState } from "@/features/events/stream-state";
import { useEventLog } from "@/features/events/use-log";
import { cn } from "@/shared/cn";
import { count, exactTime } from "@/shared/format";
import { useShortcuts } from "@/shared/keys";
import { given } from "@/shared/search";
import { Button } from "@/shared/ui/button";
import { CountTabs } from "@/shared/ui/count-tabs";
import { Select } from "@/shared/ui/field";
import { Side } from "@/shared/ui/side";
import { useAt } from "@/shared/use-at";
import { shortSession } from "@/shared/value";
import { useWide } from "@/shared/wide";

import { CallDetail } from "./call-detail";
import { CallRows } from "./call-rows";
import { callsOf, chosenCalls, countBy } from "./calls";
import type { Call, Counted } from "./calls";
import { DECISIONS } from "./search";
import type { Decision, HooksSearch } from "./search";
import { DECISION_ABOUT, DECISION_NAMES, DecisionIcon } from "./verdict";

export type Change = (changed: { [K in keyof HooksSearch]?: HooksSearch[K] | "" }) => void;

const TYPES = ["hook.pre_tool.executed"];

/** What agents wanted to do, and what the rules said of it. */
export function CallsView({ search, onChange }: { search: HooksSearch; onChange: Change }) {
  const { log, state } = useEventLog(given({ types: TYPES, session: search.session }), { page: 500 });
  const calls = useMemo(() => callsOf(state.events), [state.events]);
  const shown = useMemo(() => chosenCalls(calls, search), [calls, search]);
  const wide = useWide();
  const onOpen = useCallback((event: string) => onChange({ event }), [onChange]);
  const { at, open, step } = useAt(shown, search.event, onOpen);
  useShortcuts([
    { keys: "j", does: "Next call", group: "Hooks", run: () => step(1) },
    { keys: "k", does: "Call before", group: "Hooks", run: () => step(-1) },
    { keys: "Enter", does: "Open the call", group: "Hooks", run: () => at !== undefined && open(at) },
    { keys: "p", does: "Pause or go on", group: "Hooks", run: () => (state.paused ? log.resume() : log.pause()) },
    { keys: "Escape", does: "Close the call", group: "Hooks", run: () => onChange({ event: "" }) },
  ]);
  const filtered = search.decision !== undefined || search.tool !== undefined || search.rule !== undefined;
  const opened = search.event === undefined ? undefined : calls.find(({ id }) => id === search.event);
  return (
    <>
      <Decisions calls={calls} decision={search.decision} onChange={(decision) => onChange({ decision })} />
      <div className="flex flex-wrap items-center gap-2">
        <Filters calls={calls} search={search} onChange={onChange} />
        <div className="hidden flex-1 sm:block" />
        <StreamState log={log} state={state} />
      </div>
      {calls.length > 0 && (
        <p className="-mt-1 text-xs text-faint">
          Counted over the {count(calls.length)} newest calls{search.session === undefined ? "" : " of this session"}, since {exactTime(calls.at(-1)?.at ?? 0)}.
        </p>
      )}
      <div className="flex min-h-0 flex-1 gap-3">
        <CallRows
          calls={shown}
          at={at}
          onOpen={open}
          onEnd={filtered || state.error !== undefined ? nothing : log.older}
          end={<LogEnd log={log} state={state} shown={shown.length} searching={false} asked={filtered} />}
        />
        {search.event !== undefined && (opened !== undefined || !state.loading) ? (
          <Side title="Tool call" onClose={() => onChange({ event: "" })}>
            {opened === undefined ? <p className="text-soft">This call is not among those that are loaded.</p> : <CallDetail call={opened} />}
          </Side>
        ) : (
          wide && calls.length > 0 && <Tallies calls={calls} search={search} onChange={onChange} />
        )}
      </div>
    </>
  );
}

const nothing = () => undefined;

function Decisions({ calls, decision, onChange }: { calls: readonly Call[]; decision: Decision | undefined; onChange: (decision: Decision | "") => void }) {
  const tabs = DECISIONS.map((value) => ({
    value,
    name: DECISION_NAMES[value],
    about: DECISION_ABOUT[value],
    icon: <DecisionIcon decision={value} />,
    many: calls.filter((call) => call.decision === value).length,
  }));
  return <CountTabs label="Decision" tabs={tabs} all={calls.length} chosen={decision} onChoose={onChange} />;
}

const options = (all: string, counted: readonly Counted[], chosen: string | undefined): (readonly [string, string])[] => [
  ["", all],
  ...(chosen === undefined || counted.some(({ name }) => name === chosen) ? [] : [[chosen, chosen] as const]),
  ...counted.map(({ name, many }) => [name, `${name} (${count(many)})`] as const),
];

function Filters({ calls, search, onChange }: { calls: readonly Call[]; search: HooksSearch; onChange: Change }) {
  const tools = useMemo(() => countBy(calls, "tool"), [calls]);
  const rules = useMemo(() => countBy(calls, "rule"), [calls]);
  const { session } = search;
  return (
    <>
      <Select aria-label="Tool" className="min-w-0 flex-1 sm:flex-none" value={search.tool ?? ""} onChange={(edit) => onChange({ tool: edit.target.value })} options={options("All tools", tools, search.tool)} />
      <Select aria-label="Rule" className="min-w-0 flex-1 sm:flex-none" value={search.rule ?? ""} onChange={(edit) => onChange({ rule: edit.target.value })} options={options("All rules", rules, search.rule)} />
      {session !== undefined && (
        <span className="inline-flex items-center gap-1 rounded-full border bg-panel py-0.5 pr-1 pl-2.5 text-xs">
          <span className="text-soft">Session</span>
          <span className="font-medium" title={session}>
            {shortSession(session)}
          </span>
          <button type="button" aria-label="Drop the filter session" onClick={() => onChange({ session: "" })} className="rounded-full p-0.5 text-soft hover:bg-sunken hover:text-ink">
            <X aria-hidden className="size-3" />
          </button>
        </span>
      )}
      {(search.decision !== undefined || search.tool !== undefined || search.rule !== undefined) && (
        <Button look="quiet" size="small" onClick={() => onChange({ decision: "", tool: "", rule: "" })}>
          Drop all
        </Button>
      )}
    </>
  );
}

/** So many are listed. */
const LISTED = 12;

function Tallies({ calls, search, onChange }: { calls: readonly Call[]; search: HooksSearch; onChange: Change }) {
  const rules = useMemo(() => countBy(calls, "rule"), [calls]);
  const tools = useMemo(() => countBy(calls, "tool"), [calls]);
  return (
    <aside aria-label="Counts" className="flex w-64 shrink-0 flex-col gap-4 overflow-auto rounded-xl border bg-panel p-4">
      <Tally title="By rule" counted={rules} chosen={search.rule} onChoose={(rule) => onChange({ rule })} none="No rule has matched." />
      <Tally title="By tool" counted={tools} chosen={search.tool} onChoose={(tool) => onChange({ tool })} none="No tool was used." plain />
    </aside>
  );
}

interface TallyProps {
  title: string;
  counted: readonly Counted[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
  none: string;
  /** Without what the rules said. */
  plain?: boolean;
}

function Tally({ title, counted, chosen, onChoose, none, plain = false }: TallyProps) {
  const most = counted[0]?.many ?? 1;
  return (
    <section>
      <h2 className="mb-1.5 text-xs font-medium text-soft">{title}</h2>
      {counted.length === 0 && <p className="text-faint">{none}</p>}
      <ul className="flex flex-col">
        {counted.slice(0, LISTED).map(({ name, many, decision }) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={chosen === name}
              onClick={() => onChoose(chosen === name ? "" : name)}
              className={cn("relative flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left hover:bg-sunken", chosen === name && "bg-accent-soft text-accent")}
            >
              {!plain && <DecisionIcon decision={decision} />}
              <span className="min-w-0 flex-1 truncate" title={name}>
                {name}
              </span>
              <span className="tabular text-xs font-semibold">{count(many)}</span>
              <span aria-hidden className="absolute inset-x-1.5 bottom-0 h-0.5 rounded bg-sunken">
                <span className="block h-full rounded bg-strong" style={{ width: `${(many / most) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {counted.length > LISTED && <p className="mt-1 text-xs text-faint">and {count(counted.length - LISTED)} more</p>}
    </section>
  );
}
