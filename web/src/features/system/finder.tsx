import { Field, SearchInput } from "@/shared/ui/field";

/** Looks for something in what is listed. */
export function Finder({ label, words, onWords }: { label: string; words: string; onWords: (next: string) => void }) {
  return (
    <Field label={label} bare className="w-full sm:w-64">
      {(field) => <SearchInput {...field} placeholder={label} value={words} onValue={onWords} data-finder />}
    </Field>
  );
}
