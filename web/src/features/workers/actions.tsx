import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, EllipsisVertical, UserX } from "lucide-react";
import { useState } from "react";

import { call } from "@/api/call";
import { useMay } from "@/api/session";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Confirm } from "@/shared/ui/dialog";
import { Menu } from "@/shared/ui/menu";
import type { MenuItem } from "@/shared/ui/menu";
import { toast } from "@/shared/ui/toast";

import type { Worker } from "./fleet";
import { drain, undrain } from "./instances";

const tasks = (many: number) => (many === 1 ? "1 task" : `${count(many)} tasks`);

/** What may be done with a worker, by who may. */
export function useWorkerActions({ id, state, leases, session }: Pick<Worker, "id" | "state" | "leases" | "session">) {
  const queries = useQueryClient();
  const mayPause = useMay("system:write");
  const mayRemove = useMay("tasks:work");
  const [asking, setAsking] = useState(false);
  const draining = state === "draining";
  const pause = useMutation({
    mutationFn: async (): Promise<unknown> => (draining ? undrain(id) : drain(id)),
    onSuccess: () => (draining ? toast.done(`${id} gets tasks again`) : toast.done(`${id} gets no more tasks`, "What it holds goes on.")),
    onError: (error) => toast.failed(draining ? `${id} still gets no tasks` : `${id} is not drained`, error),
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("queue.") }),
  });
  const remove = useMutation({
    mutationFn: () => call("system.unregister", { instanceId: id, sessionId: session?.sessionId ?? "dashboard", timestamp: Date.now() }),
    onSuccess: ({ tasksReassigned }) => toast.done(`${id} is removed`, tasksReassigned === 0 ? undefined : `${tasks(tasksReassigned)} went back.`),
    onError: (error) => toast.failed(`${id} is not removed`, error),
    onSettled: async () => {
      setAsking(false);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("system.instances") });
    },
  });
  const items: MenuItem[] = [];
  if (mayPause && state !== "gone")
    items.push({ label: draining ? "Let it go on" : "Drain", icon: draining ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />, disabled: pause.isPending, onSelect: () => pause.mutate() });
  if (mayRemove && state !== "gone") items.push({ label: "Remove", icon: <UserX aria-hidden />, danger: true, onSelect: () => setAsking(true) });
  const dialog = (
    <Confirm open={asking} onClose={() => setAsking(false)} title={`Remove ${id}?`} action="Remove it" danger busy={remove.isPending} onConfirm={() => remove.mutate()}>
      {leases === 0 ? "It holds nothing." : `The ${tasks(leases)} that it holds ${leases === 1 ? "goes" : "go"} back at once, for others to do; what it reports of ${leases === 1 ? "it" : "them"} later is refused.`} A worker that
      is still running may register again. To let it end its work first, drain it.
    </Confirm>
  );
  return { items, dialog };
}

export function WorkerActions({ worker }: { worker: Worker }) {
  const { items, dialog } = useWorkerActions(worker);
  if (items.length === 0) return <span />;
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" size="icon" aria-label={`Actions for ${worker.id}`}>
            <EllipsisVertical aria-hidden />
          </Button>
        }
        items={items}
      />
      {dialog}
    </>
  );
}

/** The same, in sight. */
export function WorkerButtons({ worker }: { worker: Worker }) {
  const { items, dialog } = useWorkerActions(worker);
  if (items.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {items.map(({ label, icon, danger, disabled, onSelect }) => (
        <Button key={label} size="small" look={danger === true ? "danger" : "plain"} disabled={disabled ?? false} onClick={onSelect}>
          {icon}
          {label}
        </Button>
      ))}
      {dialog}
    </div>
  );
}
