import { useState } from "react";

import { useChange, useRead } from "@/api/query";
import type { ConfigEntry } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input, Select, TextArea } from "@/shared/ui/field";
import { toast } from "@/shared/ui/toast";

import { shownValue } from "./words";

const KINDS = [
  ["json", "JSON"],
  ["text", "Text"],
] as const;

type Kind = (typeof KINDS)[number][0];

/** What was typed, as a value. */
export function readValue(kind: Kind, text: string): { value: unknown } | { problem: string } {
  if (kind === "text") return { value: text };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: "This is no JSON: true, 5, \"a text\", [1, 2] and {\"a\": 1} are." };
  }
}

/** Sets a value of the shared configuration. */
export function EditValue({ editing, onClose }: { editing: ConfigEntry | "new" | undefined; onClose: () => void }) {
  const fresh = editing === "new";
  return (
    <Dialog
      open={editing !== undefined}
      onClose={onClose}
      title={fresh || editing === undefined ? "New value" : `Change ${editing.key}`}
      about="It holds for all clients of this tenant at once."
    >
      <ValueForm from={editing === "new" ? undefined : editing} onClose={onClose} />
    </Dialog>
  );
}

function ValueForm({ from, onClose }: { from: ConfigEntry | undefined; onClose: () => void }) {
  const [key, setKey] = useState(from?.key ?? "");
  const [kind, setKind] = useState<Kind>(typeof from?.value === "string" ? "text" : "json");
  const [text, setText] = useState(() => (from === undefined ? "" : typeof from.value === "string" ? from.value : JSON.stringify(from.value, null, 2)));
  const [tried, setTried] = useState(false);
  const now = useRead("config.get", { key: from?.key ?? "" }, { enabled: from !== undefined });
  const store = useChange("config.set", ["config."]);
  const read = readValue(kind, text);
  const changed = from !== undefined && now.data !== undefined && shownValue(now.data.value) !== shownValue(from.value);
  const send = () => {
    setTried(true);
    if ("problem" in read) return;
    store.mutate(
      { key: key.trim(), value: read.value },
      {
        onSuccess: () => {
          toast.done(`${key.trim()} is set`);
          onClose();
        },
        onError: (error) => toast.failed(`${key.trim()} was not set`, error),
      },
    );
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(submit) => {
        submit.preventDefault();
        send();
      }}
    >
      {changed && (
        <p role="status" className="rounded-md bg-warn-soft px-3 py-2">
          Somebody has changed it meanwhile. It is now: <code className="text-xs break-all">{shownValue(now.data?.value).slice(0, 200)}</code>
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {from === undefined && (
          <Field label="Key" className="min-w-48 flex-1">
            {(field) => <Input {...field} data-first required maxLength={200} autoComplete="off" value={key} onChange={(change) => setKey(change.target.value)} />}
          </Field>
        )}
        <Field label="Kind">{(field) => <Select {...field} options={KINDS} value={kind} onChange={(change) => setKind(change.target.value as Kind)} />}</Field>
      </div>
      <Field label="Value" error={tried && "problem" in read ? read.problem : undefined} hint={kind === "json" ? "true, false, a number, or any other JSON." : "It is kept as it is written."}>
        {(field) => (
          <TextArea {...field} {...(from === undefined ? {} : { "data-first": true })} rows={6} spellCheck={false} className="font-mono text-xs" value={text} onChange={(change) => setText(change.target.value)} />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={store.isPending} disabled={key.trim() === ""}>
          Set it
        </Button>
      </div>
    </form>
  );
}
