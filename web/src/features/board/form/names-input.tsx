import { X } from "lucide-react";
import { useId, useState } from "react";

import { Input } from "@/shared/ui/field";

interface NamesInputProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
  value: readonly string[];
  onChange: (value: string[]) => void;
  options: readonly string[];
  placeholder: string;
  disabled?: boolean;
}

/** Several names: each is taken with Enter or a comma. */
export function NamesInput({ value, onChange, options, placeholder, disabled = false, ...rest }: NamesInputProps) {
  const [text, setText] = useState("");
  const list = useId();
  const add = (more: string) => {
    const names = more.split(",").map((name) => name.trim());
    onChange([...new Set([...value, ...names.filter((name) => name !== "")])]);
    setText("");
  };
  return (
    <div>
      {value.length > 0 && (
        <ul className="mb-1 flex flex-wrap gap-1">
          {value.map((name) => (
            <li key={name} className="inline-flex max-w-full items-center rounded bg-sunken pl-1.5 text-xs font-medium text-soft">
              <span className="truncate py-0.5">{name}</span>
              {disabled ? (
                <span className="w-1.5" />
              ) : (
                <button type="button" aria-label={`Take ${name} out`} onClick={() => onChange(value.filter((one) => one !== name))} className="rounded p-1 hover:text-failed">
                  <X aria-hidden className="size-3" />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Input
        {...rest}
        list={list}
        value={text}
        disabled={disabled}
        placeholder={placeholder}
        autoComplete="off"
        onChange={(event) => (event.target.value.includes(",") ? add(event.target.value) : setText(event.target.value))}
        onBlur={() => text.trim() !== "" && add(text)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && text.trim() !== "") {
            event.preventDefault();
            add(text);
          } else if (event.key === "Backspace" && text === "" && value.length > 0) onChange(value.slice(0, -1));
        }}
      />
      <datalist id={list}>
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
    </div>
  );
}
