import { X } from "lucide-react";
import type { ReactNode } from "react";

import { useWide } from "@/shared/wide";

import { Button } from "./button";
import { Dialog } from "./dialog";

/** More about what is chosen in a list: beside it where there is room, else above it. */
export function Side({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const wide = useWide();
  if (!wide)
    return (
      <Dialog open onClose={onClose} title={title}>
        {children}
      </Dialog>
    );
  return (
    <aside aria-label={title} className="flex w-[26rem] shrink-0 flex-col overflow-hidden rounded-xl border bg-panel">
      <header className="flex min-h-11 items-center gap-2 border-b px-4 py-1.5">
        <h2 className="min-w-0 flex-1 truncate font-semibold" title={title}>
          {title}
        </h2>
        <Button look="quiet" size="icon" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </header>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div tabIndex={0} role="group" aria-label="Details" className="min-h-0 flex-1 overflow-auto p-4">
        {children}
      </div>
    </aside>
  );
}
