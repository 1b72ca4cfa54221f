import { cn } from "@/shared/cn";
import { CopyButton } from "@/shared/ui/copy-button";

/** So much is shown; what is longer is cut. */
const SHOWN = 100_000;

const pretty = (value: unknown): string => JSON.stringify(value, null, 2) ?? "";

/** A value as text, to be read and copied. */
export function Json({ title, value, className }: { title: string; value: unknown; className?: string }) {
  const text = typeof value === "string" ? value : pretty(value);
  return (
    <section className={cn("min-w-0", className)}>
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-xs font-medium text-soft">{title}</h3>
        <CopyButton text={() => text} label={`Copy ${title.toLowerCase()}`} bare />
      </div>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={title} role="region" className="max-h-96 overflow-auto rounded-md bg-sunken p-2.5 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">
        {text.slice(0, SHOWN)}
        {text.length > SHOWN && "\n… the rest is cut here; it is copied whole."}
      </pre>
    </section>
  );
}
