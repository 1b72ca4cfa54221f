import { useNavigate, useSearch } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useCallback, useMemo, useRef } from "react";
import type { ReactNode } from "react";

import { count } from "@/shared/format";
import { useShortcuts } from "@/shared/keys";
import { Page } from "@/shared/page";
import { CountTabs } from "@/shared/ui/count-tabs";
import { SearchInput, Select } from "@/shared/ui/field";
import { Side } from "@/shared/ui/side";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { WorkerDetail } from "./detail";
import { chosen } from "./fleet";
import type { Worker } from "./fleet";
import { WorkerRows } from "./rows";
import { SORTS, STATES, workersSearch } from "./search";
import type { Sort, WorkersSearch, WorkerState } from "./search";
import { STATE_ABOUT, STATE_NAMES, StateDot } from "./state";
import { useFleet } from "./use-fleet";

const SORT_NAMES: Record<Sort, string> = { name: "Name", state: "State", heard: "Last heard", holds: "Holds most", completed: "Completed today", failed: "Failed today" };

/** Everybody who works, and what on. */
export default function WorkersPage(): ReactNode {
  const search = useSearch({ from: "/workers" });
  const navigate = useNavigate({ from: "/workers" });
  const fleet = useFleet();
  const input = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => chosen(fleet.workers, search), [fleet.workers, search]);
  const change = useCallback(
    (changed: Omit<WorkersSearch, "state"> & { state?: WorkerState | "" }) =>
      void navigate({ search: (before) => workersSearch({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const open = useCallback((id: string) => change({ worker: id }), [change]);
  const step = (by: number) => {
    const place = shown.findIndex(({ id }) => id === search.worker);
    const next = shown[place < 0 ? 0 : Math.min(Math.max(place + by, 0), shown.length - 1)];
    if (next !== undefined) open(next.id);
  };
  useShortcuts([
    { keys: "j", does: "Next worker", group: "Workers", run: () => step(1) },
    { keys: "k", does: "Worker before", group: "Workers", run: () => step(-1) },
    { keys: "/", does: "Search workers", group: "Workers", run: () => input.current?.focus() },
    { keys: "Escape", does: "Close the worker", group: "Workers", run: () => change({ worker: "" }) },
  ]);
  const at = fleet.workers.find(({ id }) => id === search.worker);
  return (
    <Page title="Workers" fixed>
      <StateTabs workers={fleet.workers} state={search.state} onChange={(state) => change({ state })} />
      <Tools search={search} workers={fleet.workers} onChange={change} input={input} />
      {fleet.error !== undefined && fleet.error !== null ? (
        <Failed error={fleet.error} onRetry={fleet.retry} />
      ) : (
        <div className="flex min-h-0 flex-1 gap-3">
          <WorkerRows workers={shown} at={search.worker} sort={search.sort ?? "state"} onSort={(sort) => change({ sort })} onOpen={open} end={<End fleet={fleet} shown={shown.length} />} />
          {search.worker !== undefined && !fleet.pending && (
            <Side title={search.worker} onClose={() => change({ worker: "" })}>
              {at === undefined ? <p className="text-soft">This worker is not registered any more.</p> : <WorkerDetail key={at.id} worker={at} />}
            </Side>
          )}
        </div>
      )}
    </Page>
  );
}

interface ToolsProps {
  search: WorkersSearch;
  workers: readonly Worker[];
  onChange: (changed: WorkersSearch) => void;
  input: React.RefObject<HTMLInputElement | null>;
}

function Tools({ search, workers, onChange, input }: ToolsProps) {
  const roles = useMemo(() => [...new Set(workers.flatMap((worker) => worker.roles))].toSorted(), [workers]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchInput
        ref={input}
        aria-label="Search workers"
        placeholder="Search by name, role, metadata, task"
        className="min-w-40 flex-1 sm:max-w-80"
        value={search.q ?? ""}
        onValue={(q) => onChange({ q })}
      />
      <Select aria-label="Role" value={search.role ?? ""} onChange={(edit) => onChange({ role: edit.target.value })} options={[["", "All roles"], ...roles.map((role) => [role, role] as const)]} />
      <Select
        aria-label="Sort by"
        className="md:hidden"
        value={search.sort ?? "state"}
        onChange={(edit) => onChange({ sort: edit.target.value as Sort })}
        options={SORTS.map((sort) => [sort, SORT_NAMES[sort]] as const)}
      />
    </div>
  );
}

function StateTabs({ workers, state, onChange }: { workers: readonly Worker[]; state: WorkerState | undefined; onChange: (state: WorkerState | "") => void }) {
  const tabs = STATES.map((value) => ({
    value,
    name: STATE_NAMES[value],
    about: STATE_ABOUT[value],
    icon: <StateDot state={value} />,
    many: workers.filter((worker) => worker.state === value).length,
  }));
  return <CountTabs label="State" tabs={tabs} all={workers.length} chosen={state} onChoose={onChange} />;
}

function End({ fleet, shown }: { fleet: ReturnType<typeof useFleet>; shown: number }) {
  if (fleet.pending) return <Loading rows={6} />;
  if (fleet.workers.length === 0)
    return (
      <Empty title="No worker has registered yet" icon={<Users aria-hidden />}>
        <p>
          Start one with <code>claudebench work --exec ./build.sh</code>
        </p>
      </Empty>
    );
  return (
    <>
      {shown === 0 && <Empty title="No worker is like this" icon={<Users aria-hidden />} />}
      {fleet.more && <p className="p-3 text-center text-soft">The first {count(fleet.workers.length)} workers are shown; there are more.</p>}
      {fleet.moreTasks > 0 && <p className="p-3 text-center text-soft">Of the tasks in progress, {count(fleet.moreTasks)} are not looked at here: open a worker to see all that it holds.</p>}
    </>
  );
}
