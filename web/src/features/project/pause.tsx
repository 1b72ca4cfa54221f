// Holding claims back, and letting them go on: of a project, a role, a tag, or everything.

import { CirclePause, CirclePlay } from "lucide-react";
import { useState } from "react";

import { call } from "@/api/call";
import { useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Params, Pause, PauseScope } from "@/api/types";
import { line } from "@/shared/content/safe";
import { relativeTime, millis } from "@/shared/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input, Select } from "@/shared/ui/field";
import type { MenuItem } from "@/shared/ui/menu";
import { toast } from "@/shared/ui/toast";

type Part = Pick<Params<"queue.resume">, "all" | "project" | "role" | "tag" | "worker">;

/** What a pause holds back, in words. */
export function scopeName(scope: PauseScope): string {
  if (scope === "all") return "every task";
  if ("project" in scope) return `the project “${line(scope.project, 60)}”`;
  if ("role" in scope) return `the role “${line(scope.role, 60)}”`;
  if ("worker" in scope) return `the worker “${line(scope.worker, 60)}”`;
  return `the tag “${line(scope.tag, 60)}”`;
}

export const partOf = (scope: PauseScope): Part => (scope === "all" ? { all: true } : scope);

const isSame = (a: PauseScope, b: PauseScope): boolean => JSON.stringify(a) === JSON.stringify(b);

export const pauseFor = (pauses: readonly Pause[], scope: PauseScope): Pause | undefined => pauses.find((pause) => isSame(pause.scope, scope));

export const usePauses = (): readonly Pause[] => useRead("queue.list", {}, { everyMs: 30_000 }).data?.pauses ?? [];

export async function resume(scope: PauseScope) {
  try {
    await call("queue.resume", partOf(scope));
    toast.done(`Claims of ${scopeName(scope)} go on`);
  } catch (error) {
    toast.failed("Still paused", error);
  }
}

async function pause(scope: PauseScope, more: Pick<Params<"queue.pause">, "reason" | "forMs">) {
  try {
    await call("queue.pause", { ...partOf(scope), ...more });
    toast.done(`Claims of ${scopeName(scope)} are held back`, "What is being worked on goes on.");
  } catch (error) {
    toast.failed("Not paused", error);
  }
}

/** Pausing and resuming what a task belongs to, for a menu. */
export function usePauseItems({ project, roles, tags }: { project: string | null | undefined; roles: readonly string[]; tags: readonly string[] }): MenuItem[] {
  const may = useMay("system:write");
  const pauses = usePauses();
  if (!may) return [];
  const scopes: PauseScope[] = [...(project == null ? [] : [{ project }]), ...roles.slice(0, 5).map((role) => ({ role })), ...tags.slice(0, 5).map((tag) => ({ tag }))];
  return scopes.map((scope) => {
    const paused = pauseFor(pauses, scope) !== undefined;
    return {
      label: `${paused ? "Resume" : "Pause"} ${scopeName(scope)}`,
      icon: paused ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />,
      onSelect: () => void (paused ? resume(scope) : pause(scope, {})),
    };
  });
}

/** That claims are held back here, by whom and why; with a way to let them go on. */
export function PauseNote({ pause: { scope, reason, pausedBy, until }, now }: { pause: Pause; now: number }) {
  const may = useMay("system:write");
  return (
    <div role="status" className="flex flex-wrap items-center gap-2 rounded-lg border border-warn/40 bg-warn-soft px-3 py-2">
      <CirclePause aria-hidden className="size-4 text-warn" />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <span className="font-medium">Claims of {scopeName(scope)} are held back</span> by {line(pausedBy, 60)}
        {reason != null && reason !== "" && <>: {line(reason)}</>}
        {until != null && <>; they go on {relativeTime(millis(until), now)}</>}.
      </p>
      {may && (
        <Button size="small" onClick={() => void resume(scope)}>
          <CirclePlay aria-hidden />
          Resume
        </Button>
      )}
    </div>
  );
}

const LENGTHS = [
  ["", "Until somebody resumes it"],
  ["600000", "10 minutes"],
  ["3600000", "1 hour"],
  ["28800000", "8 hours"],
  ["86400000", "1 day"],
] as const;

/** Asks why and for how long before claims are held back. */
export function PauseDialog({ scope, open, onClose }: { scope: PauseScope; open: boolean; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [length, setLength] = useState("");
  return (
    <Dialog open={open} onClose={onClose} title={`Pause ${scopeName(scope)}`} about="Nobody can claim its tasks; what is being worked on goes on.">
      <form
        className="flex flex-col gap-3"
        onSubmit={(submit) => {
          submit.preventDefault();
          onClose();
          void pause(scope, { ...(reason.trim() === "" ? {} : { reason: reason.trim() }), ...(length === "" ? {} : { forMs: Number(length) }) });
        }}
      >
        <Field label="Why">{(field) => <Input {...field} data-first maxLength={500} placeholder="Release in progress" value={reason} onChange={(event) => setReason(event.target.value)} />}</Field>
        <Field label="For how long">{(field) => <Select {...field} value={length} onChange={(event) => setLength(event.target.value)} options={LENGTHS} className="w-full" />}</Field>
        <div className="mt-2 flex justify-end gap-2">
          <Button onClick={onClose}>Keep as it is</Button>
          <Button type="submit" look="primary">
            Pause
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
