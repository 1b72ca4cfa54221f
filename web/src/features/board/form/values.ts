// What a form of a task holds, what of it is sent, and where what the server says against it belongs.

import { asSentence, explain, Failure } from "@/api/failure";
import type { Params, Task } from "@/api/types";

export const FIELDS = ["text", "priority", "project", "roles", "tags", "dependsOn", "when", "maxAttempts", "metadata"] as const;
export type FieldName = (typeof FIELDS)[number];
export type Mistakes = Partial<Record<FieldName, string>>;

export type When = "now" | "delay" | "at";
export const UNITS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export type Unit = keyof typeof UNITS;

export interface Values {
  text: string;
  priority: string;
  project: string;
  roles: string[];
  tags: string[];
  dependsOn: { id: string; text: string }[];
  when: When;
  delay: string;
  unit: Unit;
  /** As the browser's field has it: local time without a zone. */
  at: string;
  maxAttempts: string;
  metadata: string;
}

export const EMPTY: Values = {
  text: "",
  priority: "50",
  project: "",
  roles: [],
  tags: [],
  dependsOn: [],
  when: "now",
  delay: "10",
  unit: "min",
  at: "",
  maxAttempts: "",
  metadata: "",
};

export const valuesOf = (task: Pick<Task, "text" | "priority" | "project" | "roles" | "tags" | "maxAttempts" | "metadata">): Values => ({
  ...EMPTY,
  text: task.text,
  priority: String(task.priority),
  project: task.project ?? "",
  roles: task.roles ?? [],
  tags: task.tags ?? [],
  maxAttempts: String(task.maxAttempts),
  metadata: task.metadata == null || Object.keys(task.metadata).length === 0 ? "" : JSON.stringify(task.metadata, null, 2),
});

type Fields = Record<string, unknown>;

/** Fields from JSON; an array where they are none. */
function fieldsOf(text: string): Fields | string {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
    return "Write an object: {\"name\": \"value\"}";
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : "it does not end well"}`;
  }
}

/** A number as it was typed. What is none goes to the server as it is, which says what it expects. */
const numberOf = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? (text as unknown as number) : value;
};

export type Read<T> = { params: T; mistakes?: undefined } | { params?: undefined; mistakes: Mistakes };

/** What to send to make the task, or what is wrong with it before it is sent. */
export function toCreate(values: Values): Read<Params<"task.create">> {
  const metadata = fieldsOf(values.metadata);
  const mistakes: Mistakes = {};
  if (typeof metadata === "string") mistakes.metadata = metadata;
  const at = values.when === "at" ? new Date(values.at) : undefined;
  if (at !== undefined && Number.isNaN(at.getTime())) mistakes.when = "Say when";
  if (values.when === "delay" && !(Number(values.delay) >= 0 && values.delay.trim() !== "")) mistakes.when = "Say how long, as a number";
  if (Object.keys(mistakes).length > 0 || typeof metadata === "string") return { mistakes };
  const { roles, tags, dependsOn, project } = values;
  return {
    params: {
      text: values.text.trim(),
      priority: numberOf(values.priority),
      ...(project.trim() === "" ? {} : { project: project.trim() }),
      ...(roles.length === 0 ? {} : { roles }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map(({ id }) => id) }),
      ...(at === undefined ? {} : { runAt: at.toISOString() }),
      ...(values.when === "delay" ? { delayMs: Math.round(Number(values.delay) * UNITS[values.unit]) } : {}),
      ...(values.maxAttempts.trim() === "" ? {} : { maxAttempts: numberOf(values.maxAttempts) }),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    },
  };
}

/** What to send to change it: only what differs from what was there when the form was opened. */
export function toUpdate(before: Values, values: Values): Read<Params<"task.update">["updates"]> {
  const [was, metadata] = [fieldsOf(before.metadata), fieldsOf(values.metadata)];
  if (typeof metadata === "string") return { mistakes: { metadata } };
  const old = typeof was === "string" ? {} : was;
  const gone = Object.keys(old).find((name) => !(name in metadata));
  if (gone !== undefined) return { mistakes: { metadata: `Fields cannot be taken out: set “${gone}” to null instead` } };
  const changed = Object.fromEntries(Object.entries(metadata).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])));
  return {
    params: {
      ...(values.text === before.text ? {} : { text: values.text.trim() }),
      ...(values.priority === before.priority ? {} : { priority: numberOf(values.priority) }),
      ...(Object.keys(changed).length === 0 ? {} : { metadata: changed }),
    },
  };
}

/** What is to be changed that somebody else has changed since `before`: with what it is now. */
export function changedMeanwhile(before: Values, now: Values, changes: Params<"task.update">["updates"]): Mistakes {
  const mistakes: Mistakes = {};
  for (const name of ["text", "priority", "metadata"] as const) {
    if (!(name in changes) || now[name] === before[name]) continue;
    const what = name === "metadata" ? "" : ` to “${now[name]}”`;
    mistakes[name] = `Somebody changed it${what} meanwhile. Send it again to put yours in its place.`;
  }
  return mistakes;
}

const FIELD_OF: Record<string, FieldName> = { runAt: "when", delayMs: "when" };

const isField = (name: unknown): name is FieldName => FIELDS.some((field) => field === name);

/** At which fields what the server says against a call belongs; nothing if at none. */
export function mistakesOf(error: unknown, values: Pick<Values, "dependsOn">): Mistakes | undefined {
  if (!(error instanceof Failure)) return undefined;
  const { issues, taskId } = error.details;
  // A task that others were to wait for was deleted.
  if ((error.code === "not_found" || error.code === "dependency_cycle") && values.dependsOn.some(({ id }) => id === taskId)) return { dependsOn: explain(error).title };
  if (error.code === "too_large" && error.details["metadataBytes"] !== undefined) return { metadata: explain(error).title };
  if (!Array.isArray(issues)) return undefined;
  const found: Mistakes = {};
  for (const issue of issues as { path?: unknown; message?: unknown }[]) {
    const path = Array.isArray(issue.path) ? (issue.path as unknown[]) : [];
    const name = path[0] === "updates" ? path[1] : path[0];
    const field = typeof name === "string" && name in FIELD_OF ? FIELD_OF[name] : name;
    if (isField(field) && typeof issue.message === "string") found[field] ??= asSentence(issue.message);
  }
  return Object.keys(found).length === 0 ? undefined : found;
}
