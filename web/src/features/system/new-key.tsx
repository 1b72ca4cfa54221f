import { Copy } from "lucide-react";
import { useId, useRef, useState } from "react";

import { call } from "@/api/call";
import { client } from "@/api/query";
import { useStanding } from "@/api/session";
import type { Params, Scope } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input, Select } from "@/shared/ui/field";
import { toast } from "@/shared/ui/toast";

const SCOPES: readonly (readonly [Scope, string])[] = [
  ["tasks:read", "See tasks, attachments and events"],
  ["tasks:write", "Create, change, cancel and delete tasks"],
  ["tasks:work", "Claim tasks and report on them"],
  ["system:read", "See the state of the system"],
  ["system:write", "Pause queues, change shared values"],
  ["admin", "Everything, keys included"],
];

const DAY_MS = 86_400_000;
const HOW_LONG = [
  [String(7 * DAY_MS), "7 days"],
  [String(30 * DAY_MS), "30 days"],
  [String(90 * DAY_MS), "90 days"],
  [String(365 * DAY_MS), "1 year"],
  ["", "Never"],
] as const;

/** Makes a key. It is shown once, and is kept nowhere: not in what was read, either. */
export function NewKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [made, setMade] = useState<{ name: string; key: string }>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={made === undefined ? "New key" : "The key is made"}
      about={made === undefined ? "Give it no more than it needs." : `Keep it where secrets are kept: ${made.name} is shown this once.`}
    >
      {made === undefined ? <KeyForm onClose={close} onMade={setMade} /> : <Shown value={made.key} onClose={close} />}
    </Dialog>
  );
}

function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; key: string }) => void }) {
  const id = useId();
  const standing = useStanding();
  const own = standing.kind === "in" ? standing.who.tenant : "";
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["tasks:read", "tasks:work"]);
  const [forMs, setForMs] = useState<string>(HOW_LONG[2][0]);
  const [busy, setBusy] = useState(false);
  const params: Params<"key.create"> = {
    name: name.trim(),
    scopes: [...scopes],
    ...(forMs === "" ? {} : { forMs: Number(forMs) }),
    ...(tenant.trim() === "" ? {} : { tenant: tenant.trim() }),
  };
  const send = async () => {
    setBusy(true);
    try {
      // Not through the queries: these would keep what was answered.
      const { key } = await call("key.create", params);
      void client.invalidateQueries({ queryKey: ["key.list"] });
      if (key == null) throw new Error("the server did not show the key");
      onMade({ name: params.name, key });
    } catch (error) {
      toast.failed("No key was made", error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(submit) => {
        submit.preventDefault();
        void send();
      }}
    >
      <Field label="Name" hint="It stands beside what is done with the key.">
        {(field) => <Input {...field} data-first required maxLength={200} autoComplete="off" value={name} onChange={(change) => setName(change.target.value)} />}
      </Field>
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-soft">It may</legend>
        <div className="grid gap-1.5">
          {SCOPES.map(([scope, about]) => (
            <div key={scope} className="flex items-start gap-2">
              <input
                id={`${id}-${scope}`}
                type="checkbox"
                className="mt-0.5 size-4 accent-accent"
                checked={scopes.includes(scope)}
                onChange={(change) => setScopes(change.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
              />
              <label htmlFor={`${id}-${scope}`}>
                <code className="text-xs font-medium">{scope}</code> <span className="text-soft">{about}</span>
              </label>
            </div>
          ))}
        </div>
      </fieldset>
      <div className="flex flex-wrap gap-3">
        <Field label="It ends after">{(field) => <Select {...field} options={HOW_LONG} value={forMs} onChange={(change) => setForMs(change.target.value)} />}</Field>
        {own === "default" && (
          <Field label="Tenant" className="min-w-40 flex-1">
            {(field) => <Input {...field} placeholder={own} maxLength={200} autoComplete="off" value={tenant} onChange={(change) => setTenant(change.target.value)} />}
          </Field>
        )}
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy} disabled={params.name === "" || scopes.length === 0}>
          Make the key
        </Button>
      </div>
    </form>
  );
}

function Shown({ value, onClose }: { value: string; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      toast.done("The key is copied");
    } catch {
      // Pages without TLS may not: then one copies what is selected.
      input.current?.select();
      toast.info("Copy what is selected");
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <Field label="The key">
        {(field) => (
          <div className="flex gap-2">
            <Input {...field} ref={input} readOnly className="font-mono text-xs" value={value} onFocus={(focus) => focus.target.select()} />
            <Button look="primary" onClick={() => void copy()}>
              <Copy aria-hidden />
              Copy
            </Button>
          </div>
        )}
      </Field>
      <div className="flex justify-end">
        <Button onClick={onClose}>I have it</Button>
      </div>
    </div>
  );
}
