// What a card says of its task, each in a line.

import { CircleAlert, Clock3, Hourglass, OctagonX, RotateCcw, Skull, UserRound } from "lucide-react";
import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import { cn } from "@/shared/cn";
import { useNow } from "@/shared/clock";
import { duration, exactTime, millis, percent, relativeTime } from "@/shared/format";
import { Chip } from "@/shared/status";

const USUAL_LEASE_MS = 300_000;
const SOON_MS = 60_000;

/** A span in as few letters as tell something: 3 d, 5 h, 12 m, 4 m 20 s, 8 s. */
export function shortly(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1_000));
  if (s < 60) return `${s} s`;
  if (s < 600) return duration(s * 1_000);
  if (s < 3_600) return `${Math.floor(s / 60)} m`;
  return s < 172_800 ? `${Math.floor(s / 3_600)} h` : `${Math.floor(s / 86_400)} d`;
}

const Bit = ({ icon, title, className, children }: { icon?: ReactNode; title?: string; className?: string; children: ReactNode }) => (
  <span title={title} className={cn("inline-flex min-w-0 shrink-0 items-center gap-0.5 whitespace-nowrap [&>svg]:size-3 [&>svg]:shrink-0", className)}>
    {icon}
    {children}
  </span>
);

/** How long its worker has before the task is taken from it. */
export function LeaseLeft({ task }: { task: Task }) {
  const now = useNow();
  if (task.lease == null) return null;
  const ends = millis(task.lease.expiresAt);
  const left = ends - now;
  const soon = left < Math.min(SOON_MS, (task.leaseMs ?? USUAL_LEASE_MS) / 4);
  return (
    <Bit icon={<Hourglass aria-hidden />} title={`The lease ends at ${exactTime(ends)}`} className={cn("tabular", soon && "font-semibold", soon && (left <= 0 ? "text-failed" : "text-warn"))}>
      <span className="sr-only">Lease: </span>
      {left <= 0 ? "over" : shortly(left)}
      <span className="sr-only"> left</span>
    </Bit>
  );
}

/** How long it has been there, or when it ended. */
export function Age({ task }: { task: Task }) {
  const now = useNow();
  if (task.completedAt != null) {
    const at = millis(task.completedAt);
    return <Bit title={`Ended at ${exactTime(at)}`}>{relativeTime(at, now)}</Bit>;
  }
  const at = millis(task.createdAt);
  return (
    <Bit title={`Made at ${exactTime(at)}`} className="tabular">
      <span className="sr-only">Made </span>
      {shortly(now - at)}
      <span className="sr-only"> ago</span>
    </Bit>
  );
}

export function Scheduled({ task }: { task: Task }) {
  const now = useNow();
  const at = task.runAt == null ? 0 : millis(task.runAt);
  if (at <= now || task.status !== "pending") return null;
  return (
    <Bit icon={<Clock3 aria-hidden />} title={`Not before ${exactTime(at)}`} className="text-warn">
      <span className="sr-only">Scheduled </span>
      {relativeTime(at, now)}
    </Bit>
  );
}

export const Worker = ({ task }: { task: Task }) =>
  task.assignedTo == null || task.status === "cancelled" ? null : (
    <Bit icon={<UserRound aria-hidden />} title={task.status === "pending" ? `Parked on ${task.assignedTo}: nobody else may claim it` : `Worker ${task.assignedTo}`} className="shrink">
      <span className="truncate">{task.assignedTo}</span>
    </Bit>
  );

export const Attempt = ({ task }: { task: Task }) =>
  task.attempt > 1 ? (
    <Bit icon={<RotateCcw aria-hidden />} title={`Attempt ${task.attempt} of ${task.maxAttempts}`} className={task.attempt >= task.maxAttempts ? "text-warn" : ""}>
      <span className="sr-only">Attempt </span>
      {task.attempt}/{task.maxAttempts}
    </Bit>
  ) : null;

export const Marks = ({ task }: { task: Task }) => (
  <>
    {task.dead && (
      <Bit icon={<Skull aria-hidden />} title="Dead letter: it is tried again only when it is put back" className="text-failed">
        <span className="sr-only">Dead letter</span>
      </Bit>
    )}
    {task.cancelRequestedAt != null && task.status === "in_progress" && (
      <Bit icon={<OctagonX aria-hidden />} title="Its worker was asked to stop" className="font-medium text-cancelled">
        Stopping
      </Bit>
    )}
  </>
);

/** The bar of a task in progress, with what its worker says; as long as it says nothing, only the room for it. */
export function Progress({ task }: { task: Task }) {
  const done = task.progress ?? 0;
  if (done === 0 && (task.note ?? "") === "") return <div className="h-4" />;
  return (
    <div className="flex h-4 items-center gap-2">
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(done * 100)}
        className="h-1.5 w-12 shrink-0 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full rounded-full bg-running transition-[width]" style={{ width: `${Math.min(1, Math.max(0, done)) * 100}%` }} />
      </div>
      <span className="tabular shrink-0">{percent(done)}</span>
      {task.note != null && task.note !== "" && (
        <span className="truncate" title={task.note}>
          {task.note}
        </span>
      )}
    </div>
  );
}

/** Why a failed task failed. */
export const Wrong = ({ task }: { task: Task }) => {
  const what = task.error ?? task.reason ?? "";
  return (
    <div className="flex h-4 items-center gap-1 text-failed">
      {what !== "" && (
        <>
          <CircleAlert aria-hidden className="size-3 shrink-0" />
          <span className="truncate" title={what}>
            {what}
          </span>
        </>
      )}
    </div>
  );
};

export function Chips({ task }: { task: Task }) {
  const { project, roles = [], tags = [] } = task;
  return (
    // What has no room fades out at the edge; the task's own page has all of it.
    <div className="flex h-5 items-center gap-1 overflow-hidden [mask-image:linear-gradient(to_right,black_calc(100%-1.5rem),transparent)]">
      {project != null && (
        <Chip title={`Project ${project}`} className="max-w-28 shrink-0 bg-accent-soft text-accent">
          {project}
        </Chip>
      )}
      {roles.map((role) => (
        <Chip key={role} title={`For the role ${role}`} className="max-w-28 shrink-0">
          {`@${role}`}
        </Chip>
      ))}
      {tags.map((tag) => (
        <Chip key={tag} title={`Tag ${tag}`} className="max-w-28 shrink-0 border bg-transparent">
          {`#${tag}`}
        </Chip>
      ))}
    </div>
  );
}

