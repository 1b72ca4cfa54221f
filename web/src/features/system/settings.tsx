import { useDeferredValue } from "react";

import { useRead } from "@/api/query";
import type { Setting } from "@/api/types";
import { Chip } from "@/shared/status";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { Finder } from "./finder";
import { shownValue } from "./words";

const differs = ({ origin }: Setting) => origin !== "default";

/** What set it, and where exactly. */
const from = ({ origin, place }: Setting) => place ?? origin.replaceAll("_", " ");

const COLUMNS: readonly Column<Setting>[] = [
  { name: "Setting", cell: ({ name }) => <code className="text-xs">{name}</code>, by: ({ name }) => name },
  {
    name: "Value",
    cell: ({ value, hidden }) =>
      hidden && typeof value !== "string" ? <span className="text-faint italic">hidden</span> : <code className="text-xs break-all">{value === "" ? "“”" : shownValue(value)}</code>,
    className: "min-w-40",
  },
  { name: "From", cell: (one) => (differs(one) ? <Chip className="max-w-72 bg-accent-soft text-accent" title={from(one)}>{from(one)}</Chip> : <span className="text-faint">default</span>), by: ({ origin }) => origin },
];

/** The configuration in force: what differs from the default first. */
export function SettingsTab({ words, onWords }: { words: string; onWords: (next: string) => void }) {
  const read = useRead("system.settings", {});
  const looked = useDeferredValue(words).trim().toLowerCase();
  if (read.data === undefined) return <Card title="Settings">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading />}</Card>;
  const all = read.data.settings;
  const found = all
    .filter((one) => looked === "" || one.name.toLowerCase().includes(looked) || (!one.hidden && shownValue(one.value).toLowerCase().includes(looked)))
    .sort((one, other) => Number(differs(other)) - Number(differs(one)) || one.name.localeCompare(other.name));
  return (
    <Card title="Settings in force" flush aside={<Finder label="Find a setting" words={words} onWords={onWords} />}>
      <p className="border-b px-4 py-2 text-xs text-faint">
        {all.filter(differs).length} of {all.length} differ from the default. They are read when a server starts: change them in its file or its environment.
      </p>
      {found.length === 0 ? <Empty title="No setting is named so" /> : <DataTable label="Settings" columns={COLUMNS} rows={found} id={({ name }) => name} most={200} />}
    </Card>
  );
}
