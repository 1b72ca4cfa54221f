import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";

import { useRead } from "@/api/query";
import { cn } from "@/shared/cn";
import { Card } from "@/shared/ui/card";
import { Chip } from "@/shared/status";
import { Failed, Loading } from "@/shared/ui/states";

import { Servers } from "./servers";
import { OVERALL, partsOf } from "./words";
import type { Part } from "./words";

const LOOKS = {
  good: { icon: CircleCheck, ink: "text-done", ground: "bg-done-soft" },
  warn: { icon: TriangleAlert, ink: "text-warn", ground: "bg-warn-soft" },
  bad: { icon: CircleAlert, ink: "text-failed", ground: "bg-failed-soft" },
};

/** How the server is, and what to do where something is wrong. */
export function HealthTab() {
  const read = useRead("system.health", {}, { everyMs: 5_000 });
  if (read.data === undefined) return <Card title="Health">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={4} />}</Card>;
  const { status, problem, version } = read.data;
  const { title, about, state } = OVERALL[status];
  const { icon: Icon, ink, ground } = LOOKS[state];
  return (
    <>
      <div role="status" className={cn("flex items-start gap-3 rounded-xl border p-4", ground)}>
        <Icon aria-hidden className={cn("mt-0.5 size-6 shrink-0", ink)} />
        <div className="min-w-0 flex-1">
          <p className="text-base font-semibold">{title}</p>
          <p className="text-soft">{about}</p>
          {problem != null && <p className="mt-2 font-medium break-words">{problem}</p>}
        </div>
        <Chip>{`Version ${version}`}</Chip>
      </div>
      <Card title="Parts" flush>
        <ul className="divide-y">
          {partsOf(read.data).map((part) => (
            <PartRow key={part.name} part={part} />
          ))}
        </ul>
      </Card>
      <Servers />
    </>
  );
}

function PartRow({ part: { name, state, says, todo } }: { part: Part }) {
  const { icon: Icon, ink } = LOOKS[state];
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
      <div className="min-w-0 sm:flex sm:flex-1 sm:gap-4">
        <p className="font-medium break-words sm:w-48 sm:shrink-0">{name}</p>
        <div className="min-w-0">
          <p className="text-soft">{says}</p>
          {todo !== undefined && <p className="mt-1">{todo}</p>}
        </div>
      </div>
    </li>
  );
}
