import { X } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

import { Button } from "./button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Below the title. */
  about?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Its title is for those who do not see it. */
  bare?: boolean;
}

/** The browser's own modal dialog: it keeps the focus (first on what has `data-first`), ends with Escape, and gives the focus back. */
export function Dialog({ open, onClose, title, about, children, className, bare = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) {
      opener.current = document.activeElement;
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-first]")?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  // The browser gives the focus back when a dialog is closed, but not when it is taken off the page.
  useEffect(
    () => () => {
      if (document.activeElement !== document.body) return;
      if (opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true });
    },
    [],
  );
  return (
    // A click on what lies around it is one on the dialog itself; the keyboard has Escape.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(click) => {
        if (click.target === ref.current) onClose();
      }}
      className={cn(
        "m-auto max-h-[85dvh] w-[min(36rem,calc(100vw-2rem))] overflow-auto rounded-xl border bg-raised p-0 text-ink shadow-2xl",
        className,
      )}
    >
      {open && (
        <div className={bare ? undefined : "p-5"}>
          <div className={bare ? "sr-only" : "mb-4 flex items-start gap-3"}>
            <div className="min-w-0 flex-1">
              <h2 id={id} className="text-base font-semibold">
                {title}
              </h2>
              {about !== undefined && <div className="mt-0.5 text-soft">{about}</div>}
            </div>
            {!bare && (
              <Button look="quiet" size="icon" aria-label="Close" onClick={onClose}>
                <X aria-hidden />
              </Button>
            )}
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, onClose, title, children, action, danger = false, busy = false, onConfirm }: ConfirmProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="text-soft">{children}</div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Keep as it is</Button>
        <Button look={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
