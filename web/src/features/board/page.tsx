import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Kanban, Plus } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Status } from "@/api/types";
import { Page } from "@/shared/page";
import { given } from "@/shared/search";
import { Button } from "@/shared/ui/button";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { usePhone } from "@/shared/wide";

import { BulkBar, Refused } from "./bulk";
import { Columns, OneColumn } from "./columns";
import { Filters } from "./filters";
import { useBoardKeys } from "./keys";
import { useLanes } from "./lanes";
import { Questions } from "./questions";
import { asFold, boardSearch, foldedOf } from "./search";
import type { BoardSearch } from "./search";
import { dragged, forget, question } from "./state";
import { isFiltered } from "./view";
import { Views } from "./views";

const create = (search: BoardSearch) =>
  question.set({
    kind: "create",
    given: given({
      project: search.project,
      roles: search.role === undefined ? undefined : [search.role],
      tags: search.tag === undefined ? undefined : [search.tag],
      priority: search.priority,
    }),
  });

export default function BoardPage(): ReactNode {
  const search = useSearch({ from: "/board" });
  const navigate = useNavigate();
  const may = useMay("tasks:write");
  const phone = usePhone();
  const box = useRef<HTMLInputElement>(null);
  const go = (next: BoardSearch) => void navigate({ to: "/board", search: next, replace: false });
  const change = (some: Partial<Record<keyof BoardSearch, unknown>>, replace = true) =>
    void navigate({ to: "/board", search: (now: BoardSearch) => boardSearch({ ...now, ...some }), replace });
  const clear = () => go(given({ groupBy: search.groupBy, fold: search.fold, column: search.column }));
  useEffect(() => forget, []);
  useEffect(() => monitorForElements({ onDrop: () => dragged.set(undefined) }), []);
  useBoardKeys({
    onCreate: () => create(search),
    onOpen: (id) => void navigate({ to: "/tasks/$id", params: { id } }),
    onSearch: () => box.current?.select(),
    onClear: () => search.q !== undefined && change({ q: undefined }),
    onGo: go,
    onGroup: (groupBy) => change({ groupBy }),
  });
  return (
    <Page
      title="Board"
      fixed
      actions={
        <>
          <Views search={search} onGo={go} />
          {may && (
            <Button look="primary" onClick={() => create(search)}>
              <Plus aria-hidden />
              New task
            </Button>
          )}
        </>
      }
    >
      <Filters search={search} onChange={(some) => change(some)} onClear={clear} box={box} phone={phone} />
      <Body search={search} phone={phone} onChange={change} onCreate={() => create(search)} onClear={clear} />
      <BulkBar />
      <Refused />
      <Questions search={search} />
    </Page>
  );
}

interface BodyProps {
  search: BoardSearch;
  phone: boolean;
  onChange: (some: Partial<Record<keyof BoardSearch, unknown>>) => void;
  onCreate: () => void;
  onClear: () => void;
}

function Body({ search, phone, onChange, onCreate, onClear }: BodyProps) {
  const may = useMay("tasks:write");
  const { data: counts, error, refetch } = useRead("task.stats", search.project === undefined ? {} : { project: search.project }, { keep: true });
  const { lanes, ready } = useLanes(search);
  if (counts === undefined) return error === null ? <Loading /> : <Failed error={error} onRetry={() => void refetch()} />;
  if (counts.total === 0)
    return isFiltered(search) ? (
      <Empty title="No task fits these filters" className="flex-1">
        <Button onClick={onClear}>Clear all filters</Button>
      </Empty>
    ) : (
      <Empty title="There are no tasks yet" icon={<Kanban aria-hidden />} className="flex-1">
        <p className="max-w-prose">Agents and people make tasks, and workers claim them: the highest priority first. They are all shown here as they go on.</p>
        {may && (
          <Button look="primary" className="mt-2" onClick={onCreate}>
            <Plus aria-hidden />
            Make the first task
          </Button>
        )}
      </Empty>
    );
  const folded = foldedOf(search.fold);
  const fold = (status: Status) => onChange({ fold: asFold(folded.includes(status) ? folded.filter((one) => one !== status) : [...folded, status]) });
  const common = { search, counts, lanes, lanesReady: ready, onCreate };
  return phone ? (
    <OneColumn {...common} shown={search.column ?? "pending"} onShow={(column) => onChange({ column })} />
  ) : (
    <Columns {...common} folded={folded} onFold={fold} />
  );
}
