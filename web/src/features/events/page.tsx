import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";

import { useRead } from "@/api/query";
import { useCommands } from "@/app/commands";
import { useShortcuts } from "@/shared/keys";
import { Page } from "@/shared/page";
import { given } from "@/shared/search";
import { Button } from "@/shared/ui/button";
import { SearchInput } from "@/shared/ui/field";
import { Side } from "@/shared/ui/side";
import { Failed, Loading } from "@/shared/ui/states";
import { useAt } from "@/shared/use-at";

import { EventDetail } from "./detail";
import { domainOf } from "./kinds";
import { FIELDS, FilterChips, FilterFields } from "./filters";
import { LogEnd } from "./log-end";
import type { Filter } from "./match";
import { find } from "./match";
import { EventRows } from "./rows";
import type { NameOf } from "./say";
import { eventsSearch } from "./search";
import type { EventsSearch } from "./search";
import { StreamState } from "./stream-state";
import { TypesMenu } from "./types-menu";
import { useEventLog, useNames } from "./use-log";

const filterOf = ({ types, project, task, session, actor }: EventsSearch): Filter => given({ types: types?.split(","), project, task, session, actor });

/** The live log of all that happens. */
export default function EventsPage(): ReactNode {
  const search = useSearch({ from: "/events" });
  const navigate = useNavigate({ from: "/events" });
  const router = useRouter();
  const { log, state } = useEventLog(filterOf(search));
  const [inSight, setInSight] = useState<readonly string[]>([]);
  const nameOf = useNames(state.events, inSight);
  const words = useDeferredValue(search.q ?? "");
  const shown = useMemo(() => find(state.events, words, nameOf), [state.events, words, nameOf]);
  const [fields, setFields] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const change = useCallback(
    (changed: EventsSearch) => void navigate({ search: (before) => eventsSearch({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const onOpen = useCallback((event: string) => change({ event }), [change]);
  const { at, open, step } = useAt(shown, search.event, onOpen);
  const toTask = () => {
    const task = shown.find(({ id }) => id === at)?.taskId;
    if (task != null) void router.navigate({ to: "/tasks/$id", params: { id: task } });
  };
  useShortcuts([
    { keys: "j", does: "Next event", group: "Events", run: () => step(1) },
    { keys: "k", does: "Event before", group: "Events", run: () => step(-1) },
    { keys: "Enter", does: "Open the event", group: "Events", run: () => at !== undefined && open(at) },
    { keys: "t", does: "Go to the event's task", group: "Events", run: toTask },
    { keys: "p", does: "Pause or go on", group: "Events", run: () => (state.paused ? log.resume() : log.pause()) },
    { keys: "/", does: "Search in what is loaded", group: "Events", run: () => input.current?.focus() },
    { keys: "Escape", does: "Close the event", group: "Events", run: () => change({ event: "" }) },
  ]);
  useCommands([
    { name: state.paused ? "Go on with the events" : "Pause the events", run: () => (state.paused ? log.resume() : log.pause()) },
    { name: "Show failures alone", run: () => change({ types: "task.attempt_failed,instance.failed,alert.tool_errors" }) },
  ]);
  const searching = words.trim() !== "";
  return (
    <Page title="Events" fixed actions={<StreamState log={log} state={state} />}>
      <Tools search={search} onChange={change} input={input} fields={fields} onFields={setFields} />
      {fields && <FilterFields search={search} onChange={change} />}
      <FilterChips search={search} onChange={change} />
      <div className="flex min-h-0 flex-1 gap-3">
        <EventRows
          events={shown}
          nameOf={nameOf}
          at={at}
          onOpen={open}
          onSight={setInSight}
          onEnd={searching || search.actor !== undefined || state.error !== undefined ? nothing : log.older}
          end={<LogEnd log={log} state={state} shown={shown.length} searching={searching} asked={search.actor !== undefined} />}
        />
        {search.event !== undefined && <OpenEvent id={search.event} events={state.events} nameOf={nameOf} onClose={() => change({ event: "" })} onFilter={change} />}
      </div>
    </Page>
  );
}

interface ToolsProps {
  search: EventsSearch;
  onChange: (changed: EventsSearch) => void;
  input: RefObject<HTMLInputElement | null>;
  /** Whether it is asked what the events are to be of. */
  fields: boolean;
  onFields: (open: boolean) => void;
}

function Tools({ search, onChange, input, fields, onFields }: ToolsProps) {
  const set = FIELDS.filter(([name]) => search[name] !== undefined).length;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchInput
        ref={input}
        aria-label="Search in what is loaded"
        placeholder="Search in what is loaded"
        className="min-w-40 flex-1 sm:max-w-72"
        value={search.q ?? ""}
        onValue={(q) => onChange({ q })}
        onKeyDown={(press) => {
          if (press.key === "Escape") press.currentTarget.blur();
        }}
      />
      <TypesMenu types={search.types?.split(",") ?? []} onChange={(types) => onChange({ types: types.join(",") })} />
      <Button aria-expanded={fields} onClick={() => onFields(!fields)}>
        <SlidersHorizontal aria-hidden />
        Filter
        {set > 0 && <span className="tabular rounded-full bg-accent-soft px-1.5 text-xs text-accent">{set}</span>}
      </Button>
    </div>
  );
}

const nothing = () => undefined;

interface OpenEventProps {
  id: string;
  events: readonly Parameters<typeof EventDetail>[0]["event"][];
  nameOf: NameOf;
  onClose: () => void;
  onFilter: (search: EventsSearch) => void;
}

/** The event that the address names: of what is loaded, or read from the log. */
function OpenEvent({ id, events, nameOf, onClose, onFilter }: OpenEventProps) {
  const loaded = events.find((event) => event.id === id);
  const read = useRead("event.list", { after: (BigInt(id) - 1n).toString(), limit: 1 }, { enabled: loaded === undefined });
  const found = loaded ?? read.data?.events.find((event) => event.id === id);
  return (
    <Side title={found === undefined ? `Event ${id}` : domainOf(found.type).name} onClose={onClose}>
      {found !== undefined ? (
        <EventDetail event={found} nameOf={nameOf} onFilter={onFilter} />
      ) : read.isError ? (
        <Failed error={read.error} onRetry={() => void read.refetch()} />
      ) : read.isPending ? (
        <Loading rows={4} />
      ) : (
        <p className="text-soft">This event is gone, or your key does not show it.</p>
      )}
    </Side>
  );
}
