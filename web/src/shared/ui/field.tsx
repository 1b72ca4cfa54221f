import { useId, useState } from "react";
import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/shared/cn";

const LOOK =
  "w-full rounded-md border border-strong bg-panel px-2.5 text-sm text-ink placeholder:text-faint focus-visible:outline-2 disabled:opacity-60 aria-[invalid=true]:border-failed";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  /** Its label is for those who do not see it. */
  bare?: boolean;
  children: (props: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined }) => ReactNode;
}

/** A label, what is asked for, and what was wrong with it. */
export function Field({ label, hint, error, className, bare = false, children }: FieldProps) {
  const id = useId();
  const about = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div className={cn("min-w-0", className)}>
      <label htmlFor={id} className={bare ? "sr-only" : "mb-1 block text-xs font-medium text-soft"}>
        {label}
      </label>
      {children({ id, "aria-describedby": about, "aria-invalid": error !== undefined || undefined })}
      {about !== undefined && (
        <p id={about} className={cn("mt-1 text-xs", error === undefined ? "text-faint" : "text-failed")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export const Input = ({ className, ...rest }: ComponentProps<"input">) => <input className={cn(LOOK, "h-8", className)} {...rest} />;

const MOST_SAID = 50;

/** Words that stand in the address, which has them a moment after they were typed: until then they stand here. */
export function SearchInput({ value, onValue, ...rest }: Omit<ComponentProps<"input">, "type" | "value" | "onChange" | "onBlur"> & { value: string; onValue: (value: string) => void }) {
  const [said, setSaid] = useState<readonly string[]>([]);
  const [was, setWas] = useState(value);
  if (value !== was) {
    // What was said before this has come or never will; what nobody said here is somebody going elsewhere.
    const place = said.indexOf(value);
    setWas(value);
    setSaid(place < 0 ? [] : said.slice(place + 1));
  }
  return (
    <Input
      {...rest}
      type="search"
      value={said.at(-1) ?? value}
      onChange={(edit) => {
        setSaid([...said.slice(-MOST_SAID), edit.target.value]);
        onValue(edit.target.value);
      }}
      onBlur={() => setSaid([])}
    />
  );
}

export const TextArea = ({ className, ...rest }: ComponentProps<"textarea">) => (
  <textarea className={cn(LOOK, "min-h-20 py-1.5", className)} {...rest} />
);

export function Select({ className, options, ...rest }: ComponentProps<"select"> & { options: readonly (readonly [value: string, label: string])[] }) {
  return (
    <select className={cn(LOOK, "h-8 w-auto max-w-full pr-7", className)} {...rest}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
