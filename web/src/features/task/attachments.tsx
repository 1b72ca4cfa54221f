import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronRight, FileDiff, FileJson, FileText, Image, Link2, Paperclip } from "lucide-react";
import { useEffect, useMemo, useState } from "react";

import { call } from "@/api/call";
import { live } from "@/api/live";
import { readAnew } from "@/api/query";
import type { Attachment, Event } from "@/api/types";
import { cn } from "@/shared/cn";
import { Content } from "@/shared/content/content";
import { shownAs } from "@/shared/content/kinds";
import type { Shown } from "@/shared/content/kinds";
import { jsonText, line } from "@/shared/content/safe";
import { bytes, count } from "@/shared/format";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Failed, Loading } from "@/shared/ui/states";

const PAGE = 20;

/** What is larger does not open by itself. */
const SMALL = 20_000;

/** Whether it opens by itself: it is small, and something to read. */
function opensItself({ type, size, content, value }: Attachment): boolean {
  if (type === "binary" || type === "url") return false;
  return (size ?? content?.length ?? jsonText(value).length) <= SMALL;
}

/** What may change the attachments of a task; anything else that happens to it leaves them. */
const changes = (event: Event, id: string): boolean => event.taskId === id && /^task\.(attachment\.|completed|retried|deleted)/.test(event.type);

/** The attachments with what they hold: read anew only when one of them has changed. */
function useAttachments(taskId: string, offset: number) {
  const queries = useQueryClient();
  useEffect(
    () =>
      live.onEvents((events) => {
        if (events.some((event) => changes(event, taskId))) void readAnew(queries, ({ queryKey: [name, of] }) => name === "attachments" && of === taskId);
      }),
    [queries, taskId],
  );
  return useQuery({
    queryKey: ["attachments", taskId, offset],
    queryFn: ({ signal }) => call("task.list_attachments", { taskId, limit: PAGE, offset }, { signal }),
  });
}

const KINDS: Record<Shown["as"], { icon: typeof Paperclip; name: string }> = {
  markdown: { icon: FileText, name: "Markdown" },
  text: { icon: FileText, name: "Text" },
  json: { icon: FileJson, name: "JSON" },
  diff: { icon: FileDiff, name: "Diff" },
  image: { icon: Image, name: "Image" },
  url: { icon: Link2, name: "Link" },
  nothing: { icon: Paperclip, name: "Reference" },
};

function One({ attachment, open, onToggle }: { attachment: Attachment; open: boolean; onToggle: () => void }) {
  const { icon: Icon, name } = KINDS[useMemo(() => shownAs(attachment).as, [attachment])];
  const length = attachment.size ?? attachment.content?.length;
  return (
    <li className="border-b last:border-b-0">
      <button type="button" aria-expanded={open} onClick={onToggle} className="flex w-full items-center gap-2 px-4 py-2 text-left hover:bg-sunken">
        <ChevronRight aria-hidden className={cn("size-4 shrink-0 text-faint transition-transform", open && "rotate-90")} />
        <Icon aria-hidden className="size-4 shrink-0 text-soft" />
        <bdi className="min-w-0 flex-1 truncate font-medium">{line(attachment.key, 100)}</bdi>
        <span className="shrink-0 text-xs text-soft">
          {name}
          {length != null && ` · ${bytes(length)}`}
        </span>
      </button>
      {open && (
        <div className="px-4 pb-4">
          <p className="mb-2 text-xs text-faint">
            Written <Time at={attachment.updatedAt} />
            {attachment.createdBy != null && <> by {line(attachment.createdBy, 100)}</>}
            {attachment.mimeType != null && <> · {line(attachment.mimeType, 100)}</>}
          </p>
          <Content parts={attachment} />
        </div>
      )}
    </li>
  );
}

interface AttachmentsProps {
  taskId: string;
  /** The one that the address names. */
  opened: string | undefined;
  onOpen: (key: string | undefined) => void;
}

/** What was attached to a task; each opens where it is. */
export function Attachments({ taskId, opened, onOpen }: AttachmentsProps) {
  const [offset, setOffset] = useState(0);
  const [also, setAlso] = useState<ReadonlySet<string>>(new Set());
  // Once: what a person opened or closed stays so. An address that names one is enough.
  const [begun, setBegun] = useState(opened !== undefined);
  const found = useAttachments(taskId, offset);
  const { attachments = [], totalCount = 0, hasMore = false } = found.data ?? {};
  // The result is shown on its own.
  const listed = attachments.filter(({ key }) => key !== "result" || opened === "result");
  const first = listed[0];
  if (!begun && first !== undefined) {
    setBegun(true);
    if (opensItself(first)) setAlso(new Set([first.key]));
  }
  if (found.isPending) return <Loading rows={2} />;
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  if (listed.length === 0 && offset === 0) return null;
  const toggle = (key: string) => {
    if (key === opened || also.has(key)) {
      setAlso(new Set([...also].filter((one) => one !== key)));
      if (key === opened) onOpen(undefined);
    } else {
      if (opened !== undefined) setAlso(new Set([...also, opened]));
      onOpen(key);
    }
  };
  return (
    <Card title="Attachments" aside={<span className="tabular text-xs text-soft">{count(totalCount - (attachments.length - listed.length))}</span>} flush>
      <ul>
        {listed.map((attachment) => (
          <One key={attachment.id} attachment={attachment} open={attachment.key === opened || also.has(attachment.key)} onToggle={() => toggle(attachment.key)} />
        ))}
      </ul>
      {(hasMore || offset > 0) && (
        <div className="flex items-center gap-2 border-t px-4 py-2">
          <Button size="small" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
            Earlier
          </Button>
          <Button size="small" disabled={!hasMore} onClick={() => setOffset(offset + attachments.length)}>
            Later
          </Button>
          <span className="tabular text-xs text-soft">
            {count(offset + 1)} to {count(offset + attachments.length)} of {count(totalCount)}
          </span>
        </div>
      )}
    </Card>
  );
}
