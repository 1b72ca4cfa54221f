// What the domains of events look like, and who may read them.

import { Bell, BellRing, Boxes, Database, FileStack, GitCommitVertical, Key, ListTodo, LogIn, MessageSquareText, Pause, Radio, Server, Settings, ShieldCheck, Users, Vote } from "lucide-react";

import type { EventType, Scope } from "@/api/types";

interface Domain {
  name: string;
  icon: typeof Bell;
  /** The colour of its icon. */
  look: string;
  scope: Scope;
}

const read = { task: "tasks:read", system: "system:read", admin: "admin" } as const satisfies Record<string, Scope>;

export const DOMAINS: Readonly<Record<string, Domain>> = {
  task: { name: "Tasks", icon: ListTodo, look: "bg-running-soft text-running", scope: read.task },
  queue: { name: "Queues", icon: Pause, look: "bg-warn-soft text-warn", scope: read.task },
  session: { name: "Sessions", icon: MessageSquareText, look: "bg-accent-soft text-accent", scope: read.task },
  hook: { name: "Hooks", icon: ShieldCheck, look: "bg-cancelled-soft text-cancelled", scope: read.task },
  git: { name: "Commits", icon: GitCommitVertical, look: "bg-done-soft text-done", scope: read.task },
  context: { name: "Contexts", icon: FileStack, look: "bg-accent-soft text-accent", scope: read.task },
  agent: { name: "Agents", icon: Users, look: "bg-accent-soft text-accent", scope: read.task },
  notification: { name: "Notifications", icon: Bell, look: "bg-warn-soft text-warn", scope: read.task },
  alert: { name: "Alerts", icon: BellRing, look: "bg-failed-soft text-failed", scope: read.task },
  instance: { name: "Workers", icon: Users, look: "bg-done-soft text-done", scope: read.system },
  batch: { name: "Batches", icon: Boxes, look: "bg-pending-soft text-pending", scope: read.system },
  quorum: { name: "Votes", icon: Vote, look: "bg-pending-soft text-pending", scope: read.system },
  config: { name: "Configuration", icon: Settings, look: "bg-pending-soft text-pending", scope: read.system },
  system: { name: "System", icon: Server, look: "bg-pending-soft text-pending", scope: read.system },
  replica: { name: "Replicas", icon: Database, look: "bg-pending-soft text-pending", scope: read.system },
  key: { name: "Keys", icon: Key, look: "bg-pending-soft text-pending", scope: read.admin },
  login: { name: "Logins", icon: LogIn, look: "bg-pending-soft text-pending", scope: read.admin },
};

const OTHER: Domain = { name: "Other", icon: Radio, look: "bg-pending-soft text-pending", scope: "admin" };

export const domainName = (type: string): string => (type.includes(".") ? type.slice(0, type.indexOf(".")) : type);

export const domainOf = (type: string): Domain => DOMAINS[domainName(type)] ?? OTHER;

// A type that the server has and this does not, or the other way round, is an error when the pages are built.
const ALL: Record<EventType, true> = {
  "task.created": true,
  "task.claimed": true,
  "task.updated": true,
  "task.completed": true,
  "task.attempt_failed": true,
  "task.released": true,
  "task.retried": true,
  "task.assigned": true,
  "task.unassigned": true,
  "task.unblocked": true,
  "task.cancel_requested": true,
  "task.cancelled": true,
  "task.deleted": true,
  "task.attachment.created": true,
  "task.attachment.deleted": true,
  "queue.paused": true,
  "queue.resumed": true,
  "session.started": true,
  "session.ended": true,
  "session.snapshot.created": true,
  "session.rehydrated": true,
  "hook.pre_tool.executed": true,
  "hook.post_tool.executed": true,
  "hook.user_prompt.executed": true,
  "hook.todo_write.executed": true,
  "hook.event.executed": true,
  "git.auto_commit.created": true,
  "context.pre_compact": true,
  "agent.stopped": true,
  "notification.received": true,
  "alert.tool_errors": true,
  "instance.registered": true,
  "instance.unregistered": true,
  "instance.failed": true,
  "batch.completed": true,
  "quorum.decision.made": true,
  "config.changed": true,
  "system.flushed": true,
  "replica.lagging": true,
  "replica.recovered": true,
  "key.created": true,
  "key.revoked": true,
  "login.started": true,
  "login.ended": true,
};

export const EVENT_TYPES = Object.keys(ALL) as EventType[];
