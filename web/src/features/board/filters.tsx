import { Search, SlidersHorizontal, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

import { cn } from "@/shared/cn";
import { Input, Select } from "@/shared/ui/field";
import { Button } from "@/shared/ui/button";

import { useNames } from "./names";
import { Picker } from "./picker";
import { GROUPS } from "./search";
import type { BoardSearch } from "./search";
import { isFiltered } from "./view";

const TYPING_MS = 250;

interface SearchProps {
  value: string;
  onChange: (value: string | undefined) => void;
  box: RefObject<HTMLInputElement | null>;
}

/** Words to search for: the address has them when the typing pauses. */
function SearchBox({ value, onChange, box }: SearchProps) {
  const [text, setText] = useState(value);
  const [said, setSaid] = useState(value);
  const [ours, setOurs] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed by itself: back, a view, or all filters cleared.
  if (value !== said) {
    setSaid(value);
    if (value !== ours) setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (next: string, wait: number) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setOurs(next.trim());
      onChange(next.trim() === "" ? undefined : next.trim());
    }, wait);
  };
  return (
    <div className="relative w-full min-w-40 sm:w-56">
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
      <Input
        ref={box}
        aria-label="Search tasks"
        placeholder="Search tasks"
        value={text}
        maxLength={200}
        className="pr-8 pl-8"
        onChange={(event) => say(event.target.value, TYPING_MS)}
        onKeyDown={(event) => {
          if (event.key === "Enter") say(text, 0);
          if (event.key !== "Escape") return;
          if (text !== "") say("", 0);
          event.currentTarget.blur();
        }}
      />
      {text !== "" && (
        <button type="button" aria-label="Clear the search" onClick={() => say("", 0)} className="absolute top-1.5 right-1.5 rounded p-1 text-faint hover:text-ink">
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  );
}

interface FiltersProps {
  search: BoardSearch;
  onChange: (change: Partial<Record<keyof BoardSearch, unknown>>) => void;
  onClear: () => void;
  box: RefObject<HTMLInputElement | null>;
  phone: boolean;
}

const asPriority = (text: string) => (/^\d{1,3}$/.test(text) && Number(text) <= 100 ? String(Number(text)) : undefined);
const PRIORITIES = ["100", "90", "80", "70", "60", "50", "40", "30", "20", "10", "0"];
const LANES: readonly (readonly [string, string])[] = [["", "No lanes"], ...GROUPS.map((group) => [group, `Lanes by ${group}`] as const)];

/** What narrows the board, and how it is cut into lanes. All of it stands in the address. */
export function Filters({ search, onChange, onClear, box, phone }: FiltersProps) {
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  const { names } = useNames(asked || search.groupBy !== undefined);
  const pickers = { onOpen: () => setAsked(true) };
  const filtered = isFiltered(search);
  return (
    <div className="flex flex-wrap items-center gap-2" role="search" aria-label="Filters">
      <div className="flex w-full gap-2 sm:w-auto">
        <SearchBox value={search.q ?? ""} onChange={(q) => onChange({ q })} box={box} />
        {phone && (
          <Button look={filtered ? "primary" : "plain"} size="icon" aria-label="Filters" aria-expanded={open} onClick={() => setOpen(!open)}>
            <SlidersHorizontal aria-hidden />
          </Button>
        )}
      </div>
      <div className={cn("contents", phone && !open && "hidden")}>
        <Picker label="Project" value={search.project} options={names.projects} onChange={(project) => onChange({ project })} {...pickers} />
        <Picker label="Role" value={search.role} options={names.roles} onChange={(role) => onChange({ role })} {...pickers} />
        <Picker label="Tag" value={search.tag} options={names.tags} onChange={(tag) => onChange({ tag })} {...pickers} />
        <Picker label="Worker" value={search.worker} options={names.workers} onChange={(worker) => onChange({ worker })} {...pickers} />
        <Picker
          label="Priority"
          value={search.priority === undefined ? undefined : String(search.priority)}
          options={PRIORITIES}
          take={asPriority}
          onChange={(priority) => onChange({ priority: priority === undefined ? undefined : Number(priority) })}
        />
        {filtered && (
          <Button look="quiet" onClick={onClear}>
            Clear all
          </Button>
        )}
        <span className="hidden flex-1 sm:block" />
        <Select aria-label="Lanes" value={search.groupBy ?? ""} options={LANES} onChange={(event) => onChange({ groupBy: event.target.value === "" ? undefined : event.target.value })} />
      </div>
    </div>
  );
}
