import { Pause, Play } from "lucide-react";
import { useState } from "react";

import { useChange, useRead } from "@/api/query";
import { useMay } from "@/api/session";
import type { Pause as Paused } from "@/api/types";
import { Left, Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Card } from "@/shared/ui/card";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";

import { NewPause } from "./new-pause";
import { scopeParams, scopeWords } from "./words";

/** What is held back now. */
export function PausesTab() {
  const read = useRead("queue.list", {}, { everyMs: 30_000 });
  const mayWrite = useMay("system:write");
  const [adding, setAdding] = useState(false);
  const pauses = read.data?.pauses;
  return (
    <Card
      title="Pauses in force"
      flush
      aside={
        mayWrite && (
          <Button size="small" look="primary" onClick={() => setAdding(true)}>
            <Pause aria-hidden />
            New pause
          </Button>
        )
      }
    >
      {pauses === undefined ? (
        <div className="p-4">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading rows={2} />}</div>
      ) : pauses.length === 0 ? (
        <Empty title="Nothing is held back" icon={<Play aria-hidden />}>
          <p>Workers claim whatever they may. A pause holds claims back; what is being worked on goes on.</p>
        </Empty>
      ) : (
        <ul className="divide-y">
          {pauses.map((pause) => (
            <PauseRow key={scopeWords(pause.scope)} pause={pause} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {mayWrite && <NewPause open={adding} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function PauseRow({ pause: { scope, pausedAt, pausedBy, reason, until }, mayWrite }: { pause: Paused; mayWrite: boolean }) {
  const resume = useChange("queue.resume", ["queue."]);
  const what = scopeWords(scope);
  const go = () =>
    resume.mutate(scopeParams(scope), {
      onSuccess: () => toast.done(`${what}: claims go on`),
      onError: (error) => toast.failed(`${what} could not be resumed`, error),
    });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium break-words">{what}</p>
        {reason != null && reason !== "" && <p className="break-words text-soft">{reason}</p>}
        <p className="text-xs text-faint">
          by {pausedBy}, <Time at={pausedAt} /> · {until == null ? "until it is resumed" : <>ends in <Left until={until} /></>}
        </p>
      </div>
      {mayWrite && (
        <Button size="small" busy={resume.isPending} onClick={go} aria-label={`Resume: ${what}`}>
          <Play aria-hidden />
          Resume
        </Button>
      )}
    </li>
  );
}
