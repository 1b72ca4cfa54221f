import { getRouteApi } from "@tanstack/react-router";
import { CirclePause, CirclePlay, FolderKanban } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Task } from "@/api/types";
import { useCommands } from "@/app/commands";
import { useNow } from "@/shared/clock";
import { line } from "@/shared/content/safe";
import { count, duration } from "@/shared/format";
import { useShortcuts } from "@/shared/keys";
import { Page } from "@/shared/page";
import { Button } from "@/shared/ui/button";
import { Empty, Failed, Loading, Skeleton } from "@/shared/ui/states";

import { criticalPath, stuck as stuckOf } from "./critical";
import { useDone } from "./done";
import { useEdges } from "./edges";
import { Overview } from "./overview";
import { TaskPanel } from "./panel";
import { PauseDialog, pauseFor, PauseNote, resume, usePauses } from "./pause";
import type { Change, ProjectSearch } from "./search";
import { useProjectTasks } from "./tasks";

const Graph = lazy(() => import("./graph"));
const Timeline = lazy(() => import("./timeline"));

const route = getRouteApi("/projects/$name");

const NONE: never[] = [];

/** The tasks with what follows from how they hang together. */
function useProject(name: string) {
  const { tasks, pending, error, again } = useProjectTasks(name);
  const edges = useEdges(tasks);
  const done = useDone(name);
  const list = edges.data?.edges ?? NONE;
  const average = done.average;
  const critical = useMemo(() => criticalPath(tasks, list, () => average ?? 1), [tasks, list, average]);
  const stuck = useMemo(() => stuckOf(tasks, list), [tasks, list]);
  return { tasks, pending, error, again, edges: list, cut: edges.data?.cut === true, done, critical, stuck };
}

type Known = ReturnType<typeof useProject>;

function GraphView({ known, search, onSearch }: { known: Known; search: ProjectSearch; onSearch: (change: Change) => void }) {
  const { tasks, edges, critical, stuck } = known;
  const hide = search.done === "hide";
  const shown = useMemo(() => (hide ? tasks.filter(({ status }) => status !== "completed" && status !== "cancelled") : tasks), [tasks, hide]);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const chosen = search.task === undefined ? undefined : byId.get(search.task);
  const near = (ids: readonly string[]): Task[] => ids.flatMap((id) => byId.get(id) ?? []);
  return (
    <>
      <div className="flex flex-col md:h-[max(26rem,calc(100dvh-24.5rem))] overflow-hidden rounded-xl border bg-ground md:flex-row">
        <div className="h-96 min-w-0 md:h-auto md:min-h-0 md:flex-1">
          {shown.length === 0 ? (
            <Empty title="All of it is done" className="h-full" />
          ) : (
            <Suspense fallback={<Skeleton className="m-3 h-24" />}>
              <Graph key={hide ? "open" : "all"} tasks={shown} edges={edges} critical={critical.ids} stuck={stuck} opened={search.task} onOpen={(task) => onSearch({ task })} />
            </Suspense>
          )}
        </div>
        {chosen !== undefined && (
          <TaskPanel
            task={chosen}
            before={near(edges.filter(({ task }) => task === chosen.id).map(({ dependsOn }) => dependsOn))}
            after={near(edges.filter(({ dependsOn }) => dependsOn === chosen.id).map(({ task }) => task))}
            critical={critical.ids.length > 1 && critical.ids.includes(chosen.id)}
            stuck={stuck.has(chosen.id)}
            onClose={() => onSearch({ task: undefined })}
          />
        )}
      </div>
    </>
  );
}

/** What is said of the graph above it. */
function GraphTools({ known: { critical, done, cut }, search, onSearch }: { known: Known; search: ProjectSearch; onSearch: (change: Change) => void }) {
  return (
    <>
      {critical.ids.length > 1 && (
        <p className="text-soft">
          <span className="font-medium text-accent">Critical path:</span> {count(critical.ids.length)} tasks
          {done.average !== undefined && `, about ${duration(critical.length)} of work one after the other`}
        </p>
      )}
      {cut && <p className="text-soft">Not all of what waits for what could be read.</p>}
      <label className="ml-auto flex items-center gap-1.5 text-soft">
        <input type="checkbox" checked={search.done === "hide"} onChange={(event) => onSearch({ done: event.target.checked ? "hide" : undefined })} />
        Hide what is done
      </label>
    </>
  );
}

function PauseButton({ name }: { name: string }) {
  const may = useMay("system:write");
  return may ? <Pausing name={name} /> : null;
}

function Pausing({ name }: { name: string }) {
  const [asked, setAsked] = useState(false);
  const scope = { project: name };
  const paused = pauseFor(usePauses(), scope) !== undefined;
  const run = () => (paused ? void resume(scope) : setAsked(true));
  const label = paused ? "Resume" : "Pause";
  useShortcuts([{ keys: "p", does: "Pause or resume its claims", group: "This project", run }]);
  useCommands([{ name: `${label} claims of this project`, run }]);
  return (
    <>
      <Button onClick={run} aria-keyshortcuts="p">
        {paused ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />}
        {label}
      </Button>
      <PauseDialog scope={scope} open={asked} onClose={() => setAsked(false)} />
    </>
  );
}

const VIEW_NAMES = { graph: "Graph", timeline: "Timeline" } as const;

function Views({ view, onSearch }: { view: "graph" | "timeline"; onSearch: (change: Change) => void }) {
  return (
    <div role="group" aria-label="View" className="flex gap-1">
      {(["graph", "timeline"] as const).map((one) => (
        <Button key={one} look={view === one ? "plain" : "quiet"} aria-pressed={view === one} onClick={() => onSearch({ view: one === "graph" ? undefined : one })}>
          {VIEW_NAMES[one]}
        </Button>
      ))}
    </div>
  );
}

export default function ProjectPage(): ReactNode {
  const { name } = route.useParams();
  return <Shown key={name} name={name} />;
}

function Shown({ name }: { name: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const counts = useRead("task.stats", { project: name });
  const pauses = usePauses().filter(({ scope }) => scope === "all" || ("project" in scope && scope.project === name));
  const known = useProject(name);
  const view = search.view ?? "graph";
  const onSearch = (change: Change) =>
    void navigate({
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)),
      replace: true,
      resetScroll: false,
    });
  useShortcuts([
    { keys: "1", does: "Show the graph", group: "This project", run: () => onSearch({ view: undefined }) },
    { keys: "2", does: "Show the timeline", group: "This project", run: () => onSearch({ view: "timeline" }) },
  ]);
  const total = counts.data?.total ?? 0;
  const body = () => {
    if (known.error != null) return <Failed error={known.error} onRetry={known.again} />;
    if (known.pending || counts.data === undefined) return counts.isError ? <Failed error={counts.error} onRetry={() => void counts.refetch()} /> : <Loading />;
    if (total === 0 && known.tasks.length === 0)
      return (
        <Empty icon={<FolderKanban aria-hidden />} title="No task belongs to this project">
          <p>One that is made with its name appears here by itself.</p>
        </Empty>
      );
    return (
      <>
        <Overview counts={counts.data} done={known.done} paused={pauses.length > 0} stuckCount={known.stuck.size} />
        <div className="flex flex-wrap items-center gap-3">
          <Views view={view} onSearch={onSearch} />
          {total > known.tasks.length && (
            <p className="text-xs text-soft">
              Shown are {count(known.tasks.length)} of {count(total)} tasks: those that are open first, then those that ended last.
            </p>
          )}
          {view === "graph" && <GraphTools known={known} search={search} onSearch={onSearch} />}
        </div>
        {view === "graph" ? (
          <GraphView known={known} search={search} onSearch={onSearch} />
        ) : (
          <Suspense fallback={<Skeleton className="h-64" />}>
            <Timeline tasks={known.tasks} search={search} onSearch={onSearch} />
          </Suspense>
        )}
      </>
    );
  };
  return (
    <Page title={line(name, 200)} actions={<PauseButton name={name} />}>
      {pauses.map((pause) => (
        <PauseNote key={JSON.stringify(pause.scope)} pause={pause} now={now} />
      ))}
      {body()}
    </Page>
  );
}
