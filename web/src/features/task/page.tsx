import { getRouteApi, Link } from "@tanstack/react-router";
import { Ghost } from "lucide-react";
import type { ReactNode } from "react";

import { Failure as CallFailure } from "@/api/failure";
import { useRead } from "@/api/query";
import type { Task } from "@/api/types";
import { useNow } from "@/shared/clock";
import { Content } from "@/shared/content/content";
import { line } from "@/shared/content/safe";
import { Page } from "@/shared/page";
import { Chip, Priority, StatusBadge, waitsFor } from "@/shared/status";
import { Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { Actions } from "./actions";
import { Attachments } from "./attachments";
import { Facts, Metadata } from "./facts";
import { heading, saysMore } from "./heading";
import { HistoryCards, useHistory } from "./history";
import { Relations } from "./relations";
import { CalledOff, Failure, InProgress, Result, Said } from "./state";
import { Waiting } from "./waiting";

const route = getRouteApi("/tasks/$id");

/** What its worker says of it comes without an event. */
const PULSE_MS = 2_000;

function Pulse({ id }: { id: string }) {
  useRead("task.get", { id }, { everyMs: PULSE_MS });
  return null;
}

function Badges({ task }: { task: Task }) {
  const now = useNow();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span data-status={task.status}>
        <StatusBadge status={task.status} dead={task.dead === true} waits={waitsFor(task, now)} />
      </span>
      <Priority value={task.priority} />
      {task.archived === true && <Chip>Archived</Chip>}
      {task.project != null && (
        <Link to="/projects/$name" params={{ name: task.project }} className="inline-flex rounded">
          <Chip className="hover:text-ink" title={`Project ${line(task.project, 200)}`}>
            {line(task.project, 60)}
          </Chip>
        </Link>
      )}
      {(task.tags ?? []).slice(0, 8).map((tag) => (
        <Chip key={tag} title={`Tag ${line(tag, 200)}`}>{`#${line(tag, 40)}`}</Chip>
      ))}
      <code className="text-xs text-faint">{task.id}</code>
    </div>
  );
}

/** All that it says, laid out, where its heading is not all of it. */
function WholeText({ text }: { text: string }) {
  if (!saysMore(text)) return null;
  return (
    <Card title="What is to be done">
      <Content parts={{ key: "text", type: "markdown", content: text }} />
    </Card>
  );
}

function Shown({ task, onGone }: { task: Task; onGone: () => void }) {
  const navigate = route.useNavigate();
  const { attachment } = route.useSearch();
  return (
    <Page title={heading(task.text)} wrap actions={<Actions task={task} onGone={onGone} />}>
      <Badges task={task} />
      {task.status === "in_progress" && <Pulse id={task.id} />}
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-3">
          <WholeText text={task.text} />
          {task.status === "in_progress" && <InProgress task={task} />}
          <Failure task={task} />
          <CalledOff task={task} />
          {task.status === "pending" && <Waiting task={task} />}
          <Result task={task} />
          <Said task={task} />
          <Relations task={task} />
          <Attachments
            taskId={task.id}
            opened={attachment}
            onOpen={(key) => void navigate({ search: key === undefined ? {} : { attachment: key }, replace: true, resetScroll: false })}
          />
          <HistoryCards id={task.id} />
        </div>
        <aside aria-label="About this task" className="flex min-w-0 flex-col gap-3">
          <Facts task={task} />
          <Metadata task={task} />
        </aside>
      </div>
    </Page>
  );
}

/** A task that is not there: it was deleted, or never was. */
function Missing({ id }: { id: string }) {
  const found = useHistory(id, 1);
  const deleted = found.data?.events.find(({ type }) => type === "task.deleted");
  if (found.isPending) return <Loading />;
  return (
    <Page title={deleted === undefined ? "No such task" : "A deleted task"}>
      <Empty icon={<Ghost aria-hidden />} title={deleted === undefined ? `There is no task ${line(id, 40)}` : `The task ${line(id, 40)} was deleted`}>
        {deleted !== undefined && (
          <p>
            By {line(deleted.actor, 100)}, <Time at={deleted.timestamp} />. What happened to it is still told below.
          </p>
        )}
        <Link to="/board" className="text-accent underline">
          Go to the board
        </Link>
      </Empty>
      {found.data !== undefined && found.data.events.length > 0 && <HistoryCards id={id} />}
    </Page>
  );
}

const isId = (id: string): boolean => /^t-\d{1,19}$/.test(id);

export default function TaskPage(): ReactNode {
  const { id } = route.useParams();
  // Another task begins with nothing of the one before.
  return isId(id) ? <Known key={id} id={id} /> : <NoTask id={id} />;
}

const NoTask = ({ id }: { id: string }) => (
  <Page title="No such task">
    <Empty icon={<Ghost aria-hidden />} title={`There is no task ${line(id, 40)}`}>
      <Link to="/board" className="text-accent underline">
        Go to the board
      </Link>
    </Empty>
  </Page>
);

function Known({ id }: { id: string }) {
  const found = useRead("task.get", { id });
  const gone = found.error instanceof CallFailure && found.error.code === "not_found";
  if (gone) return <Missing id={id} />;
  if (found.data !== undefined) return <Shown task={found.data} onGone={() => void found.refetch()} />;
  if (found.isError)
    return (
      <Page title="Task">
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  return <Loading />;
}
