import { Command } from "cmdk";
import { Check, ChevronDown, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { cn } from "@/shared/cn";

interface PickerProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  options: readonly string[];
  /** Only what is among the options; else also what is typed. */
  closed?: boolean;
  /** What is typed as it is taken; nothing if it cannot be. */
  take?: (text: string) => string | undefined;
  /** Where names come from is asked when it opens. */
  onOpen?: () => void;
}

const ITEM = "flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 data-[selected=true]:bg-sunken [&_svg]:size-4";

/** A filter: a button that says what is chosen, and a list to choose from that also takes what is typed. */
export function Picker({ label, value, onChange, options, closed = false, take = (text) => text, onOpen }: PickerProps) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const typed = closed || text.trim() === "" || options.includes(text.trim()) ? undefined : take(text.trim());
  const choose = (next: string | undefined) => {
    onChange(next);
    setOpen(false);
    setText("");
  };
  return (
    <Popover.Root
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        if (now) onOpen?.();
      }}
    >
      <span className={cn("inline-flex h-8 min-w-0 items-center rounded-md border text-sm", value === undefined ? "border-dashed" : "border-accent/40 bg-accent-soft text-accent")}>
        <Popover.Trigger className="inline-flex h-full min-w-0 items-center gap-1.5 rounded-md px-2.5 font-medium">
          <span className={cn("shrink-0", value === undefined ? "text-soft" : "font-normal")}>{label}</span>
          {value === undefined ? <ChevronDown aria-hidden className="size-3.5 text-faint" /> : <span className="max-w-36 truncate">{value}</span>}
        </Popover.Trigger>
        {value !== undefined && (
          <button type="button" aria-label={`Clear ${label.toLowerCase()}`} onClick={() => onChange(undefined)} className="mr-1 rounded p-1 hover:bg-panel">
            <X aria-hidden className="size-3.5" />
          </button>
        )}
      </span>
      <Popover.Portal>
        <Popover.Content align="start" sideOffset={4} collisionPadding={8} aria-label={label} className="z-40 w-60 rounded-lg border bg-raised shadow-xl">
          <Command label={label} loop className="flex max-h-80 flex-col">
            <Command.Input value={text} onValueChange={setText} placeholder={closed ? label : `${label}: choose or type`} className="h-9 w-full border-b bg-transparent px-3 text-sm outline-none placeholder:text-faint" />
            <Command.List className="overflow-y-auto p-1">
              <Command.Empty className="px-2 py-3 text-center text-xs text-faint">{closed ? "Nothing fits" : "Type a name"}</Command.Empty>
              {typed !== undefined && (
                <Command.Item forceMount value={`use ${text}`} onSelect={() => choose(typed)} className={ITEM}>
                  <span className="truncate">
                    Use <b className="font-medium">{typed}</b>
                  </span>
                </Command.Item>
              )}
              {options.map((option) => (
                <Option key={option} chosen={option === value} onSelect={() => choose(option === value ? undefined : option)} value={option} />
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const Option = ({ value, chosen, onSelect }: { value: string; chosen: boolean; onSelect: () => void }) => (
  <Command.Item value={value} onSelect={onSelect} className={ITEM}>
    <span className="min-w-0 flex-1 truncate">{value}</span>
    {chosen && <Check aria-hidden />}
  </Command.Item>
);
