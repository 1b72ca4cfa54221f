import { useId } from "react";
import type { FocusEvent, KeyboardEvent, ReactNode } from "react";

import { cn } from "@/shared/cn";
import { Chip } from "@/shared/status";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";

import type { Names } from "../names";
import { NamesInput } from "./names-input";
import { TaskSearch } from "./task-search";
import type { FieldName, Mistakes, Unit, Values, When } from "./values";

interface PartProps {
  values: Values;
  mistakes: Mistakes;
  change: (some: Partial<Values>) => void;
  names: Names;
}

const Place = ({ name, className, children }: { name: FieldName; className?: string; children: ReactNode }) => (
  <div data-field={name} className={cn("min-w-0", className)}>
    {children}
  </div>
);

/** Whoever comes to a text goes on where it ends. */
const toEnd = ({ target }: FocusEvent<HTMLTextAreaElement>) => target.setSelectionRange(target.value.length, target.value.length);

/** What can be said of a task at any time. */
export function Everywhere({ values, mistakes, change, edit, onSend }: PartProps & { edit: boolean; onSend: () => void }) {
  const sendKeys = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || (!event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    onSend();
  };
  return (
    <>
      <Place name="text" className="sm:col-span-2">
        <Field label="What is to be done" error={mistakes.text}>
          {(props) => <TextArea {...props} data-first rows={3} value={values.text} onFocus={toEnd} onKeyDown={sendKeys} onChange={(event) => change({ text: event.target.value })} />}
        </Field>
      </Place>
      <Place name="priority">
        <Field label="Priority" error={mistakes.priority} hint="0 to 100: the highest is claimed first">
          {(props) => <Input {...props} type="text" inputMode="numeric" value={values.priority} onChange={(event) => change({ priority: event.target.value })} />}
        </Field>
      </Place>
      {edit && (
        <div className="min-w-0">
          <p className="mb-1 text-xs font-medium text-soft">As it was made</p>
          <div className="flex flex-wrap gap-1">
            {values.project !== "" && <Chip className="bg-accent-soft text-accent">{values.project}</Chip>}
            {values.roles.map((role) => (
              <Chip key={role}>{`@${role}`}</Chip>
            ))}
            {values.tags.map((tag) => (
              <Chip key={tag} className="border bg-transparent">{`#${tag}`}</Chip>
            ))}
          </div>
          <p className="mt-1 text-xs text-faint">Project, roles and tags stay as they are.</p>
        </div>
      )}
      {edit && <Metadata values={values} mistakes={mistakes} change={change} hint="JSON. Fields are added or replaced." open={values.metadata !== ""} />}
    </>
  );
}

interface MetadataProps extends Omit<PartProps, "names"> {
  hint: string;
  open: boolean;
}

function Metadata({ values, mistakes, change, hint, open }: MetadataProps) {
  return (
    <details open={open || mistakes.metadata !== undefined || undefined} className="sm:col-span-2">
      <summary className="w-fit text-xs font-medium text-soft">Metadata</summary>
      <Place name="metadata" className="mt-1">
        <Field label="Metadata" bare error={mistakes.metadata} hint={hint}>
          {(props) => (
            <TextArea
              {...props}
              rows={5}
              spellCheck={false}
              placeholder={'{"branch": "main"}'}
              className="font-mono text-xs"
              value={values.metadata}
              onChange={(event) => change({ metadata: event.target.value })}
            />
          )}
        </Field>
      </Place>
    </details>
  );
}

/** What is said of a task once, when it is made. */
export function CreateOnly({ values, mistakes, change, names }: PartProps) {
  const projects = useId();
  return (
    <>
      <Place name="project">
        <Field label="Project" error={mistakes.project}>
          {(props) => (
            <>
              <Input {...props} list={projects} autoComplete="off" value={values.project} onChange={(event) => change({ project: event.target.value })} />
              <datalist id={projects}>
                {names.projects.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </Place>
      <Place name="roles">
        <Field label="Roles" error={mistakes.roles} hint="Workers with one of them; without any, all">
          {(props) => <NamesInput {...props} value={values.roles} options={names.roles} placeholder="Add a role" onChange={(roles) => change({ roles })} />}
        </Field>
      </Place>
      <Place name="tags">
        <Field label="Tags" error={mistakes.tags}>
          {(props) => <NamesInput {...props} value={values.tags} options={names.tags} placeholder="Add a tag" onChange={(tags) => change({ tags })} />}
        </Field>
      </Place>
      <Place name="dependsOn" className="sm:col-span-2">
        <Field label="Waits for" error={mistakes.dependsOn} hint="It is ready when all of them are completed">
          {(props) => <TaskSearch {...props} value={values.dependsOn} onChange={(dependsOn) => change({ dependsOn })} />}
        </Field>
      </Place>
      <Place name="when">
        <WhenField values={values} mistakes={mistakes} change={change} />
      </Place>
      <Place name="maxAttempts">
        <Field label="Attempts" error={mistakes.maxAttempts} hint="Then it is a dead letter; 5 if you leave it out">
          {(props) => <Input {...props} type="text" inputMode="numeric" placeholder="5" value={values.maxAttempts} onChange={(event) => change({ maxAttempts: event.target.value })} />}
        </Field>
      </Place>
      <Metadata values={values} mistakes={mistakes} change={change} hint="JSON: fields of your own, which come back with the task." open={values.metadata !== ""} />
    </>
  );
}

const WHENS: readonly (readonly [When, string])[] = [
  ["now", "At once"],
  ["delay", "After"],
  ["at", "Not before"],
];
const UNIT_NAMES: readonly (readonly [Unit, string])[] = [
  ["s", "seconds"],
  ["min", "minutes"],
  ["h", "hours"],
  ["d", "days"],
];

function WhenField({ values, mistakes, change }: Omit<PartProps, "names">) {
  return (
    <Field label="When" error={mistakes.when}>
      {(props) => (
        <div className="flex flex-wrap gap-1.5">
          <Select {...props} value={values.when} options={WHENS} onChange={(event) => change({ when: WHENS.find(([when]) => when === event.target.value)?.[0] ?? "now" })} />
          {values.when === "delay" && (
            <>
              <Input aria-label="How long" inputMode="numeric" className="w-16" value={values.delay} onChange={(event) => change({ delay: event.target.value })} />
              <Select aria-label="Unit" value={values.unit} options={UNIT_NAMES} onChange={(event) => change({ unit: UNIT_NAMES.find(([unit]) => unit === event.target.value)?.[0] ?? "min" })} />
            </>
          )}
          {values.when === "at" && <Input type="datetime-local" aria-label="Date and time" className="w-auto flex-1" value={values.at} onChange={(event) => change({ at: event.target.value })} />}
        </div>
      )}
    </Field>
  );
}
