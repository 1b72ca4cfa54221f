import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CirclePause, FolderKanban } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { ReactNode } from "react";

import { call } from "@/api/call";
import type { Answer, Project } from "@/api/types";
import { line } from "@/shared/content/safe";
import { count, percent } from "@/shared/format";
import { Page } from "@/shared/page";
import { Button } from "@/shared/ui/button";
import { Input } from "@/shared/ui/field";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { pauseFor, usePauses } from "./pause";
import { doneOf, openOf, ProgressBar } from "./progress";

const PAGE = 100;

type ProjectPage = Answer<"project.list">;

/** All projects, as many pages of them as were asked for. */
function useProjects(pages: number) {
  return useQuery({
    // Named as the method, so that events of tasks make it old.
    queryKey: ["project.list", { pages }],
    queryFn: async ({ signal }): Promise<ProjectPage> => {
      const projects: Project[] = [];
      let after: string | undefined;
      for (let page = 0; page < pages; page += 1) {
        const found = await call("project.list", { limit: PAGE, ...(after === undefined ? {} : { after }) }, { signal });
        projects.push(...found.projects);
        if (found.nextCursor == null) return { projects };
        after = found.nextCursor;
      }
      return { projects, nextCursor: after ?? null };
    },
    placeholderData: keepPreviousData,
  });
}

function Row({ project: { name, counts }, paused }: { project: Project; paused: boolean }) {
  const open = openOf(counts);
  return (
    <li>
      <Link to="/projects/$name" params={{ name }} className="grid gap-x-4 gap-y-2 rounded-xl border bg-panel p-4 hover:border-strong md:grid-cols-[minmax(0,16rem)_1fr_9rem] md:items-center">
        <span className="flex min-w-0 items-center gap-2">
          <bdi className="truncate font-semibold">{line(name, 200)}</bdi>
          {paused && (
            <span className="inline-flex shrink-0 items-center gap-1 rounded-full bg-warn-soft px-2 py-0.5 text-xs font-medium text-warn">
              <CirclePause aria-hidden className="size-3.5" />
              Paused
            </span>
          )}
        </span>
        <ProgressBar counts={counts} />
        <span className="tabular flex items-baseline justify-between gap-2 text-sm md:justify-end">
          <span className="text-soft">
            {count(counts.completed)} of {count(counts.total)}
          </span>
          <span className="w-12 text-right font-semibold">{percent(doneOf(counts))}</span>
        </span>
        {(counts.failed > 0 || open > 0) && (
          <span className="flex flex-wrap gap-x-3 text-xs text-soft md:col-span-3">
            {counts.inProgress > 0 && <span className="text-running">{count(counts.inProgress)} in progress</span>}
            {counts.ready > 0 && <span>{count(counts.ready)} ready</span>}
            {counts.blocked > 0 && <span>{count(counts.blocked)} blocked</span>}
            {counts.scheduled > 0 && <span>{count(counts.scheduled)} scheduled</span>}
            {counts.failed > 0 && <span className="text-failed">{count(counts.failed)} failed</span>}
          </span>
        )}
      </Link>
    </li>
  );
}

export default function ProjectsPage(): ReactNode {
  const [pages, setPages] = useState(1);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text).trim().toLowerCase();
  const found = useProjects(pages);
  const pauses = usePauses();
  const all = found.data?.projects ?? [];
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted));
  const more = found.data?.nextCursor != null;
  const content = () => {
    if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
    if (found.isPending) return <Loading />;
    if (all.length === 0)
      return (
        <Empty icon={<FolderKanban aria-hidden />} title="There are no projects">
          <p>A task that is made with a project makes one.</p>
        </Empty>
      );
    if (shown.length === 0) return <Empty title={more ? "None of those that were read has this name" : "No project has this name"} />;
    return (
      <ul className="flex flex-col gap-2" aria-label="Projects">
        {shown.map((project) => (
          <Row key={project.name} project={project} paused={pauseFor(pauses, { project: project.name }) !== undefined} />
        ))}
      </ul>
    );
  };
  return (
    <Page title="Projects" actions={all.length > 5 && <Input type="search" aria-label="Find a project" placeholder="Find a project" value={text} onChange={(event) => setText(event.target.value)} className="w-56" />}>
      {content()}
      {more && (
        <div>
          <Button busy={found.isFetching} onClick={() => setPages(pages + 1)}>
            Show more
          </Button>
        </div>
      )}
    </Page>
  );
}
