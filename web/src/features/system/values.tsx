import { Pencil, Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useMay } from "@/api/session";
import type { ConfigEntry } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { EditValue } from "./edit-value";
import { Finder } from "./finder";
import { useValues } from "./use-values";
import { shownValue } from "./words";

/** Longer values are shown when they are opened. */
const SHOWN = 300;

function columns(onEdit: ((value: ConfigEntry) => void) | undefined): readonly Column<ConfigEntry>[] {
  const shown: Column<ConfigEntry>[] = [
    { name: "Key", cell: ({ key }) => <code className="text-xs break-all">{key}</code>, by: ({ key }) => key },
    { name: "Value", cell: ({ value }) => <ValueText value={value} />, className: "min-w-48" },
  ];
  if (onEdit === undefined) return shown;
  return [
    ...shown,
    {
      name: "Actions",
      bare: true,
      right: true,
      cell: (value) => (
        <Button size="small" aria-label={`Change ${value.key}`} onClick={() => onEdit(value)}>
          <Pencil aria-hidden />
          Change
        </Button>
      ),
    },
  ];
}

function ValueText({ value }: { value: unknown }) {
  const text = shownValue(value);
  return <code className="text-xs break-all whitespace-pre-wrap">{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</code>;
}

/** The shared configuration: switches and values that clients read. */
export function ValuesTab({ words, onWords }: { words: string; onWords: (next: string) => void }) {
  const read = useValues();
  const mayWrite = useMay("system:write");
  const [editing, setEditing] = useState<ConfigEntry | "new">();
  const looked = useDeferredValue(words).trim().toLowerCase();
  const edit = mayWrite ? setEditing : undefined;
  const all = read.data?.pages.flatMap(({ values }) => values);
  const found = all?.filter(({ key }) => key.toLowerCase().includes(looked));
  return (
    <Card
      title="Shared values"
      flush
      aside={
        <>
          {all !== undefined && <Finder label="Find a value" words={words} onWords={onWords} />}
          {mayWrite && (
            <Button size="small" look="primary" onClick={() => setEditing("new")}>
              <Plus aria-hidden />
              New value
            </Button>
          )}
        </>
      }
    >
      {found === undefined ? (
        <div className="p-4">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={3} />}</div>
      ) : found.length === 0 ? (
        <Empty title={looked === "" ? "There are no values" : "No value has such a key"}>
          <p>Whatever clients are to share stands here, such as <code>todowrite.autocreate</code>.</p>
        </Empty>
      ) : (
        <DataTable label="Shared values" columns={columns(edit)} rows={found} id={({ key }) => key} most={100} />
      )}
      {read.hasNextPage && (
        <div className="border-t px-4 py-2">
          <Button look="quiet" size="small" busy={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
            Read more
          </Button>
        </div>
      )}
      {mayWrite && <EditValue editing={editing} onClose={() => setEditing(undefined)} />}
    </Card>
  );
}
