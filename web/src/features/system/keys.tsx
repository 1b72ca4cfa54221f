import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";

import { useChange, useRead } from "@/api/query";
import type { Answer } from "@/api/types";
import { Chip } from "@/shared/status";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { DataTable } from "@/shared/ui/data-table";
import type { Column } from "@/shared/ui/data-table";
import { Confirm } from "@/shared/ui/dialog";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";

import { NewKey } from "./new-key";

type Key = Answer<"key.list">["keys"][number];

function columns(onRevoke: (key: Key) => void): readonly Column<Key>[] {
  return [
    {
      name: "Key",
      cell: ({ name, id }) => (
        <>
          <span className="block max-w-64 truncate font-medium" title={name}>
            {name}
          </span>
          <code className="text-xs text-faint">cb_{id}_…</code>
        </>
      ),
      by: ({ name }) => name,
    },
    {
      name: "May",
      cell: ({ scopes }) => (
        <span className="flex max-w-72 flex-wrap gap-1">
          {scopes.map((scope) => (
            <Chip key={scope} {...(scope === "admin" ? { className: "bg-warn-soft text-warn" } : {})}>
              {scope}
            </Chip>
          ))}
        </span>
      ),
    },
    { name: "Tenant", cell: ({ tenant }) => tenant, by: ({ tenant }) => tenant },
    { name: "Made", right: true, cell: ({ createdAt }) => <Time at={createdAt} />, by: ({ createdAt }) => createdAt },
    {
      name: "Ends",
      right: true,
      cell: ({ expiresAt, expired }) => (expired ? <span className="text-failed">has ended</span> : expiresAt == null ? <span className="text-faint">never</span> : <Time at={expiresAt} />),
      by: ({ expiresAt }) => expiresAt ?? "9",
    },
    {
      name: "Actions",
      bare: true,
      right: true,
      cell: (key) => (
        <Button look="danger" size="small" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
          <Trash2 aria-hidden />
          Revoke
        </Button>
      ),
    },
  ];
}

/** The API keys: who may call, and what. */
export function KeysTab() {
  const read = useRead("key.list", {});
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Key>();
  const revoke = useChange("key.revoke", ["key."]);
  const keys = read.data?.keys;
  const send = (key: Key) =>
    revoke.mutate(
      { id: key.id },
      {
        onSuccess: () => toast.done(`${key.name} opens nothing any more`),
        onError: (error) => toast.failed(`${key.name} was not revoked`, error),
        onSettled: () => setLeaving(undefined),
      },
    );
  return (
    <Card
      title="API keys"
      flush
      aside={
        <Button size="small" look="primary" onClick={() => setAdding(true)}>
          <KeyRound aria-hidden />
          New key
        </Button>
      }
    >
      {keys === undefined ? (
        <div className="p-4">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={3} />}</div>
      ) : keys.length === 0 ? (
        <Empty title="There are no keys" icon={<KeyRound aria-hidden />}>
          <p>On this machine nobody is asked who they are. From elsewhere, a key is needed.</p>
        </Empty>
      ) : (
        <DataTable label="API keys" columns={columns(setLeaving)} rows={keys} id={({ id }) => id} most={50} />
      )}
      <NewKey open={adding} onClose={() => setAdding(false)} />
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Revoke ${leaving?.name ?? ""}?`}
        action="Revoke it"
        danger
        busy={revoke.isPending}
        onConfirm={() => leaving !== undefined && send(leaving)}
      >
        Whoever uses it is shut out at once: streams end, sockets close, claims that wait are refused, and people who logged in with it are logged out. It cannot be taken back.
      </Confirm>
    </Card>
  );
}
