import { Bookmark, BookmarkPlus, Link2, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { cn } from "@/shared/cn";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field, Input } from "@/shared/ui/field";
import { toast } from "@/shared/ui/toast";

import type { BoardSearch } from "./search";
import { question } from "./state";
import { useStore } from "./store";
import { asWords, drop, keep, views } from "./views-store";

export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast.done("The link is copied");
  } catch {
    toast.failed("The link was not copied", new Error("The browser does not allow it. Copy the address instead"));
  }
}

const ROW = "flex h-8 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0";

/** Views that were kept, and what to do with the one at hand. */
export function Views({ search, onGo }: { search: BoardSearch; onGo: (search: BoardSearch) => void }) {
  const [open, setOpen] = useState(false);
  const all = useStore(views, (now) => now);
  const now = asWords(search);
  const current = all.find((view) => asWords(view.search) === now);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button>
          <Bookmark aria-hidden className={cn(current !== undefined && "fill-current text-accent")} />
          <span className="max-w-32 truncate">{current?.name ?? "Views"}</span>
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={4} collisionPadding={8} aria-label="Views" className="z-40 w-64 rounded-lg border bg-raised p-1 shadow-xl">
          {all.length === 0 && <p className="px-2 py-1.5 text-xs text-faint">Filters and lanes make a view. Give one a name to come back to it.</p>}
          <ul className="max-h-72 overflow-y-auto">
            {all.map((view) => (
              <li key={view.name} className="flex items-center gap-1">
                <button
                  type="button"
                  aria-current={view === current || undefined}
                  onClick={() => {
                    onGo(view.search);
                    setOpen(false);
                  }}
                  className={cn(ROW, "min-w-0 flex-1", view === current && "font-medium text-accent")}
                >
                  <Bookmark aria-hidden />
                  <span className="truncate">{view.name}</span>
                </button>
                <button type="button" aria-label={`Forget ${view.name}`} onClick={() => drop(view.name)} className="rounded p-1.5 text-faint hover:bg-sunken hover:text-failed">
                  <X aria-hidden className="size-3.5" />
                </button>
              </li>
            ))}
          </ul>
          <div className="my-1 h-px bg-line" />
          <button
            type="button"
            className={ROW}
            onClick={() => {
              setOpen(false);
              question.set({ kind: "keep-view" });
            }}
          >
            <BookmarkPlus aria-hidden />
            Keep this view…
          </button>
          <button
            type="button"
            className={ROW}
            onClick={() => {
              setOpen(false);
              void copyLink();
            }}
          >
            <Link2 aria-hidden />
            Copy the link
          </button>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Asks for the name of a view. */
export function KeepView({ open, search, onClose }: { open: boolean; search: BoardSearch; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keep this view" about="This browser keeps its filters and lanes under a name." className="w-[min(26rem,calc(100vw-2rem))]">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const entry = new FormData(event.currentTarget).get("name");
          const name = typeof entry === "string" ? entry.trim() : "";
          if (name === "") return;
          keep(name, search);
          toast.done(`The view “${name}” is kept`);
          onClose();
        }}
      >
        <Field label="Name">{(props) => <Input {...props} name="name" data-first required maxLength={60} autoComplete="off" />}</Field>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Keep it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
