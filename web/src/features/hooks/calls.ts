// Tool calls of agents and what the rules said of them.

import type { Event } from "@/api/types";
import { fieldOf, listOf, targetOf, textOf } from "@/shared/value";

import { DECISIONS } from "./search";
import type { Decision, HooksSearch } from "./search";

export interface Call {
  id: string;
  at: number;
  tool: string;
  /** What it is called with, in a few words. */
  target: string;
  decision: Decision;
  rule: string | undefined;
  /** What the agent is told. */
  reason: string | undefined;
  /** The part on which the rule matched. */
  because: string | undefined;
  /** Where the rule stands: it comes with the program, or is of the server, the tenant, the repository. */
  layer: string | undefined;
  severity: string | undefined;
  warnings: readonly string[];
  session: string | undefined;
  worker: string | undefined;
  event: Event;
}

export function callOf(event: Event): Call {
  const { payload } = event;
  const verdict = payload["validationResult"];
  const decision = fieldOf(verdict, "decision");
  return {
    id: event.id,
    at: event.timestamp,
    tool: textOf(payload, "tool") ?? "?",
    target: targetOf(payload["params"]),
    decision: DECISIONS.find((one) => one === decision) ?? (fieldOf(verdict, "allow") === false ? "deny" : "allow"),
    rule: textOf(verdict, "rule"),
    reason: textOf(verdict, "reason"),
    because: textOf(verdict, "because"),
    layer: textOf(verdict, "layer"),
    severity: textOf(verdict, "severity"),
    warnings: listOf(verdict, "warnings").filter((warning) => typeof warning === "string"),
    session: event.sessionId ?? textOf(payload, "sessionId"),
    worker: textOf(payload, "instanceId"),
    event,
  };
}

const known = new WeakMap<Event, Call>();

/** The same, made once of each event. */
export function callsOf(events: readonly Event[]): Call[] {
  return events.map((event) => {
    const before = known.get(event);
    if (before !== undefined) return before;
    const call = callOf(event);
    known.set(event, call);
    return call;
  });
}

export const chosenCalls = (calls: readonly Call[], { decision, tool, rule }: Pick<HooksSearch, "decision" | "tool" | "rule">): Call[] =>
  calls.filter((call) => (decision === undefined || call.decision === decision) && (tool === undefined || call.tool === tool) && (rule === undefined || call.rule === rule));

export interface Counted {
  name: string;
  many: number;
  /** How strict it was at the strictest. */
  decision: Decision;
}

/** How often each occurs, the most frequent first. */
export function countBy(calls: readonly Call[], by: "rule" | "tool"): Counted[] {
  const counted = new Map<string, Counted>();
  for (const call of calls) {
    const name = call[by];
    if (name === undefined) continue;
    const before = counted.get(name);
    if (before === undefined) counted.set(name, { name, many: 1, decision: call.decision });
    else {
      before.many += 1;
      if (DECISIONS.indexOf(call.decision) < DECISIONS.indexOf(before.decision)) before.decision = call.decision;
    }
  }
  return [...counted.values()].toSorted((a, b) => b.many - a.many || a.name.localeCompare(b.name));
}
