import { useRead } from "@/api/query";
import type { Server } from "@/api/types";
import { Time } from "@/shared/time";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Empty, Failed, Loading } from "@/shared/ui/states";

const READS_MS = 5_000;

const at = (time: string | null | undefined) => (time == null ? "–" : <Time at={time} />);

const COLUMNS: readonly Column<Server>[] = [
  { name: "Server", cell: ({ id }) => <span className="font-mono text-xs break-all">{id}</span>, by: ({ id }) => id },
  { name: "Version", cell: ({ version }) => version, by: ({ version }) => version },
  { name: "Answers you", cell: ({ answers }) => (answers ? <span className="text-done">yes</span> : <span className="text-faint">no</span>), by: ({ answers }) => Number(answers) },
  { name: "Started", right: true, cell: ({ startedAt }) => at(startedAt), by: ({ startedAt }) => startedAt ?? "" },
  { name: "Last seen", right: true, cell: ({ lastSeen }) => at(lastSeen), by: ({ lastSeen }) => lastSeen },
];

/** The servers over the same store, with their versions. */
export function Servers() {
  const read = useRead("system.servers", {}, { everyMs: READS_MS });
  const servers = read.data?.servers;
  const versions = new Set(servers?.map((one) => one.version));
  return (
    <Card title="Servers" flush={servers !== undefined && servers.length > 0}>
      {servers === undefined ? (
        read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={2} />
      ) : servers.length === 0 ? (
        <Empty title="No server has told of itself" className="p-4" />
      ) : (
        <>
          {versions.size > 1 && (
            <p role="status" className="border-b bg-warn-soft px-4 py-2">
              Servers of {versions.size} versions run side by side. That is right while they are being replaced one by one.
            </p>
          )}
          <DataTable label="Servers" columns={COLUMNS} rows={servers} id={({ id }) => id} most={20} />
        </>
      )}
    </Card>
  );
}
