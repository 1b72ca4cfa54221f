import { Link } from "@tanstack/react-router";
import { Filter } from "lucide-react";

import type { Event } from "@/api/types";
import { Json } from "@/shared/content/written";
import { exactTime } from "@/shared/format";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Facts } from "@/shared/ui/facts";
import { LINK, SessionLink, WorkerLink } from "@/shared/ui/links";

import { say, workerOf } from "./say";
import type { NameOf } from "./say";
import type { EventsSearch } from "./search";

/** All that an event says, and the way to what it is about. */
export function EventDetail({ event, nameOf, onFilter }: { event: Event; nameOf: NameOf; onFilter?: (search: EventsSearch) => void }) {
  const { taskId, sessionId, project } = event;
  const worker = workerOf(event);
  const filters: [string, EventsSearch][] = [[`Only ${event.type}`, { types: event.type }]];
  if (taskId != null) filters.push(["Only this task", { task: taskId }]);
  if (sessionId != null) filters.push(["Only this session", { session: sessionId }]);
  if (worker !== undefined) filters.push(["Only this worker", { actor: worker }]);
  return (
    <div className="flex flex-col gap-4">
      <p className="font-medium break-words">{say(event, nameOf)}</p>
      <Facts
        facts={[
          [
            "When",
            <span key="when">
              {exactTime(event.timestamp)} (<Time at={event.timestamp} />)
            </span>,
          ],
          ["Type", <code key="type">{event.type}</code>],
          [
            "Task",
            taskId != null && (
              <Link to="/tasks/$id" params={{ id: taskId }} className={LINK}>
                {nameOf(taskId) ?? taskId}
              </Link>
            ),
          ],
          ["Worker", worker !== undefined && <WorkerLink worker={worker} />],
          ["Session", sessionId != null && <SessionLink session={sessionId} />],
          ["Project", project],
          ["By", event.actor],
          ["Attempt", event.attempt],
          ["Version", event.version],
          ["Cursor", event.id],
          ["Trace", event.traceparent != null && <code className="break-all">{event.traceparent}</code>],
        ]}
      />
      {onFilter !== undefined && (
        <div className="flex flex-wrap gap-1.5">
          {filters.map(([name, search]) => (
            <Button key={name} size="small" onClick={() => onFilter(search)}>
              <Filter aria-hidden />
              {name}
            </Button>
          ))}
        </div>
      )}
      <Json title="Payload" value={event.payload} />
      {Object.keys(event.metadata).length > 0 && <Json title="Metadata" value={event.metadata} />}
    </div>
  );
}
