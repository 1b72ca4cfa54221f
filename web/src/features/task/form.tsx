import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

import type { TaskChange } from "./change";

export interface AskProps {
  task: Task;
  change: TaskChange;
  onClose: () => void;
  /** The task is gone. */
  onGone: () => void;
}

interface FormProps {
  title: string;
  about?: ReactNode;
  action: string;
  danger?: boolean;
  busy: boolean;
  disabled?: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

/** A dialog with fields: Enter sends it, Ctrl Enter from within a longer text, too. */
export function Form({ title, about, action, danger = false, busy, disabled = false, onClose, onSubmit, children }: FormProps) {
  return (
    <Dialog open onClose={onClose} title={title} about={about}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a key that sends it from within any of its fields */}
      <form
        onSubmit={(submit) => {
          submit.preventDefault();
          if (!disabled) onSubmit();
        }}
        onKeyDown={(press) => {
          if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) press.currentTarget.requestSubmit();
        }}
        className="flex flex-col gap-3"
      >
        {children}
        <div className="mt-2 flex justify-end gap-2">
          <Button onClick={onClose}>Keep as it is</Button>
          <Button type="submit" look={danger ? "danger" : "primary"} busy={busy} disabled={disabled}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

