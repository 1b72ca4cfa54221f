import { X } from "lucide-react";
import { useDeferredValue, useId, useState } from "react";

import { useRead } from "@/api/query";
import { cn } from "@/shared/cn";
import { searchWords } from "@/shared/search";
import { StatusIcon } from "@/shared/status";
import { Input } from "@/shared/ui/field";

interface Named {
  id: string;
  text: string;
}

interface TaskSearchProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
  value: readonly Named[];
  onChange: (value: Named[]) => void;
}

const FOUND = 6;

/** Several tasks, found by the words of their texts or by their ids. */
export function TaskSearch({ value, onChange, ...rest }: TaskSearchProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const search = searchWords(useDeferredValue(text));
  const id = /^t-\d+$/.test(text.trim()) ? text.trim() : undefined;
  const read = useRead("task.list", { search, limit: FOUND + value.length }, { enabled: search.length > 1 && id === undefined, keep: true });
  const shown = text.trim() === "" ? [] : id !== undefined ? [{ id, text: id, status: undefined }] : (read.data?.tasks ?? []);
  const found = shown.filter((task) => !value.some((one) => one.id === task.id)).slice(0, FOUND);
  const active = Math.min(at, found.length - 1);
  const add = (task: Named | undefined) => {
    if (task === undefined) return;
    onChange([...value, { id: task.id, text: task.text }]);
    setText("");
    setAt(0);
  };
  return (
    <div>
      {value.length > 0 && (
        <ul className="mb-1 flex flex-col gap-1">
          {value.map((task) => (
            <li key={task.id} className="flex items-center rounded bg-sunken pl-2 text-xs text-soft">
              <span className="min-w-0 flex-1 truncate py-1" title={task.id}>
                {task.text}
              </span>
              <button type="button" aria-label={`Do not wait for ${task.text}`} onClick={() => onChange(value.filter(({ id: other }) => other !== task.id))} className="rounded p-1.5 hover:text-failed">
                <X aria-hidden className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Input
        {...rest}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        value={text}
        placeholder="Search tasks, or paste an id"
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && text.trim() !== "") {
            event.preventDefault();
            add(found[active]);
          } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setAt(Math.max(0, Math.min(found.length - 1, active + (event.key === "ArrowDown" ? 1 : -1))));
          }
        }}
      />
      <ul id={list} role="listbox" aria-label="Tasks that were found" className={cn("mt-1 rounded-md border", found.length === 0 && "hidden")}>
        {found.map((task, place) => (
          // The keyboard stays in the field above.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={task.id}
            id={`${list}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === active}
            onClick={() => add(task)}
            className={cn("flex cursor-pointer items-center gap-2 px-2 py-1.5 text-xs", place === active && "bg-sunken")}
          >
            {task.status !== undefined && <StatusIcon status={task.status} className="size-3.5" />}
            <span className="truncate">{task.text}</span>
          </li>
        ))}
      </ul>
      {text.trim() !== "" && found.length === 0 && read.isSuccess && <p className="mt-1 text-xs text-faint">No task has these words</p>}
    </div>
  );
}
