import { X } from "lucide-react";
import { useState } from "react";

import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { shortSession, shortTask } from "@/shared/value";

import type { EventsSearch } from "./search";

export const FIELDS = [
  ["project", "Project", "site"],
  ["task", "Task", "t-…"],
  ["session", "Session", "1f0c9a52-…"],
  ["actor", "Worker or actor", "builder-01"],
] as const;

type Name = (typeof FIELDS)[number][0];

/** Asks for what events are to be of. */
export function FilterFields({ search, onChange }: { search: EventsSearch; onChange: (changed: EventsSearch) => void }) {
  return (
    <div className="grid grid-cols-1 gap-2 rounded-xl border bg-panel p-3 sm:grid-cols-2 lg:grid-cols-4">
      {FIELDS.map(([name, label, example]) => (
        <FilterField key={`${name} ${search[name] ?? ""}`} label={label} example={example} value={search[name] ?? ""} onChange={(value) => onChange({ [name]: value })} />
      ))}
    </div>
  );
}

function FilterField({ label, example, value, onChange }: { label: string; example: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const commit = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <Field label={label}>
      {(field) => (
        <Input
          {...field}
          value={text}
          placeholder={example}
          spellCheck={false}
          onChange={(change) => setText(change.target.value)}
          onBlur={commit}
          onKeyDown={(press) => {
            if (press.key === "Enter") commit();
          }}
        />
      )}
    </Field>
  );
}

const shown = (name: Name, value: string) => (name === "task" ? shortTask(value) : name === "session" ? shortSession(value) : value);

/** What is filtered for, each with a way to drop it. */
export function FilterChips({ search, onChange }: { search: EventsSearch; onChange: (changed: EventsSearch) => void }) {
  const chips: [label: string, value: string, drop: EventsSearch][] = FIELDS.flatMap(([name, label]) => {
    const value = search[name];
    return value === undefined ? [] : [[label, shown(name, value), { [name]: "" }] as [string, string, EventsSearch]];
  });
  const types = search.types?.split(",") ?? [];
  for (const type of types) chips.push(["Type", type, { types: types.filter((one) => one !== type).join(",") }]);
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap items-center gap-1.5">
      {chips.map(([label, value, drop]) => (
        <li key={`${label} ${value}`} className="inline-flex max-w-full items-center gap-1 rounded-full border bg-panel py-0.5 pr-1 pl-2.5 text-xs">
          <span className="text-soft">{label}</span>
          <span className="truncate font-medium">{value}</span>
          <button type="button" aria-label={`Drop the filter ${label.toLowerCase()} ${value}`} onClick={() => onChange(drop)} className="rounded-full p-0.5 text-soft hover:bg-sunken hover:text-ink">
            <X aria-hidden className="size-3" />
          </button>
        </li>
      ))}
      <li>
        <Button look="quiet" size="small" onClick={() => onChange({ types: "", project: "", task: "", session: "", actor: "" })}>
          Drop all
        </Button>
      </li>
    </ul>
  );
}
