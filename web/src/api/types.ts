// The names by which pages know what the server's OpenAPI document declares.

import type { components, operations, webhooks } from "./schema";

/** A method that takes params and answers data: `domain.action`. */
export type Method = {
  [M in keyof operations]: operations[M] extends {
    responses: { 200: { content: { "application/json": { data: unknown } } } };
  }
    ? M
    : never;
}[keyof operations];

type Body<M extends Method> = NonNullable<operations[M]["requestBody"]> extends {
  content: { "application/json": infer P };
}
  ? P
  : Record<string, never>;

/** What a method takes. */
export type Params<M extends Method> = Body<M>;

/** What it answers. */
export type Answer<M extends Method> = operations[M]["responses"][200]["content"]["application/json"]["data"];

type Schemas = components["schemas"];

export type Task = Schemas["Task"];
export type Status = Schemas["Status"];
export type Lease = Schemas["Lease"];
export type Counts = Schemas["TaskCounts"];
export type Event = Schemas["Event"];
/** The types of events that the server declares, and what each carries. */
export type EventType = keyof webhooks;
export type Payload<T extends EventType> = Schemas[T];
export type Project = Schemas["Project"];
export type Instance = Schemas["SystemInstance"];
export type Server = Schemas["SystemServer"];
export type Setting = Schemas["SystemSetting"];
export type ConfigEntry = Schemas["ConfigEntry"];
export type Attachment = Schemas["Attachment"];
export type Explanation = Schemas["TaskExplanation"];
export type Reason = Schemas["TaskReason"];
export type Session = Schemas["Session"];
export type Scope = Schemas["Scope"];
export type Code = Schemas["Code"];
export type Pause = Schemas["QueuePausedPart"];
export type PauseScope = Schemas["PauseScope"];
export type Health = Schemas["SystemHealthFound"];
export type Scaling = Schemas["SystemScalingFound"];
