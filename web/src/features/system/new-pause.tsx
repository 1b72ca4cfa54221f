import { useState } from "react";

import { useChange } from "@/api/query";
import type { Params } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input, Select } from "@/shared/ui/field";
import { toast } from "@/shared/ui/toast";

const KINDS = [
  ["project", "A project"],
  ["role", "A role"],
  ["tag", "A tag"],
  ["all", "All tasks"],
] as const;

type Kind = (typeof KINDS)[number][0];

const HOW_LONG = [
  ["", "Until it is resumed"],
  ["900000", "15 minutes"],
  ["3600000", "1 hour"],
  ["14400000", "4 hours"],
  ["86400000", "1 day"],
] as const;

/** Holds claims back. */
export function NewPause({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="New pause" about="Workers get nothing of it until it ends. What is being worked on goes on.">
      <PauseForm onClose={onClose} />
    </Dialog>
  );
}

function PauseForm({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>("project");
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [forMs, setForMs] = useState("");
  const pause = useChange("queue.pause", ["queue."]);
  const params: Params<"queue.pause"> = {
    ...(kind === "all" ? { all: true } : { [kind]: name.trim() }),
    ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
    ...(forMs === "" ? {} : { forMs: Number(forMs) }),
  };
  const send = () =>
    pause.mutate(params, {
      onSuccess: () => {
        toast.done("Claims are held back");
        onClose();
      },
      onError: (error) => toast.failed("It was not paused", error),
    });
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(submit) => {
        submit.preventDefault();
        send();
      }}
    >
      <div className="flex flex-wrap gap-3">
        <Field label="What is held back">
          {(field) => <Select {...field} data-first options={KINDS} value={kind} onChange={(change) => setKind(change.target.value as Kind)} />}
        </Field>
        {kind !== "all" && (
          <Field label={`Name of the ${kind}`} className="min-w-48 flex-1">
            {(field) => <Input {...field} required maxLength={200} value={name} onChange={(change) => setName(change.target.value)} />}
          </Field>
        )}
      </div>
      <Field label="Reason" hint="Whoever looks at a task that waits is shown it.">
        {(field) => <Input {...field} maxLength={500} value={reason} onChange={(change) => setReason(change.target.value)} />}
      </Field>
      <Field label="For how long">{(field) => <Select {...field} options={HOW_LONG} value={forMs} onChange={(change) => setForMs(change.target.value)} />}</Field>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={pause.isPending} disabled={kind !== "all" && name.trim() === ""}>
          Pause
        </Button>
      </div>
    </form>
  );
}
