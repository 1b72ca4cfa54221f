import { lazy, Suspense, useMemo, useState } from "react";

import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { Skeleton } from "@/shared/ui/states";

import { DiffView } from "./diff-view";
import { JsonTree } from "./json";
import { shownAs } from "./kinds";
import type { Parts, Shown } from "./kinds";
import { WebLink } from "./link";
import { jsonText, line } from "./safe";
import { PlainText } from "./text";

const MarkdownView = lazy(() => import("./markdown"));

/** Markdown, laid out. */
export const MarkdownText = ({ text }: { text: string }) => (
  <Suspense fallback={<Skeleton className="h-16" />}>
    <MarkdownView text={text} />
  </Suspense>
);

function writtenAs(shown: Shown): string {
  if (shown.as === "json") return jsonText(shown.value);
  return "text" in shown ? shown.text : "url" in shown ? shown.url : "source" in shown ? shown.source : "";
}

function Laid({ shown, name }: { shown: Shown; name: string }) {
  switch (shown.as) {
    case "markdown":
      return <MarkdownText text={shown.text} />;
    case "diff":
      return <DiffView text={shown.text} />;
    case "json":
      return <JsonTree value={shown.value} />;
    case "image":
      return <img src={shown.source} alt={line(name, 100)} className="max-h-[32rem] max-w-full rounded border bg-sunken" />;
    case "url":
      return <WebLink url={shown.url} />;
    case "text":
      return <PlainText text={shown.text} className="rounded-md bg-sunken p-3" />;
    case "nothing":
      return <p className="text-soft">Nothing is kept of it here but its name.</p>;
  }
}

/** What an attachment, or a result, holds: laid out, and as it was written. */
export function Content({ parts }: { parts: Parts }) {
  const shown = useMemo(() => shownAs(parts), [parts]);
  const [written, setWritten] = useState(false);
  const both = shown.as === "markdown" || shown.as === "diff" || shown.as === "json";
  return (
    <div className="min-w-0">
      {written && both ? <PlainText text={writtenAs(shown)} className="rounded-md bg-sunken p-3" /> : <Laid shown={shown} name={parts.key} />}
      {shown.as !== "nothing" && shown.as !== "image" && (
        <div className="mt-2 flex gap-1">
          {both && (
            <Button size="small" look="quiet" aria-pressed={written} onClick={() => setWritten(!written)}>
              {written ? "Laid out" : "As written"}
            </Button>
          )}
          <CopyButton text={() => writtenAs(shown)} label={`Copy ${line(parts.key, 60)}`} />
        </div>
      )}
    </div>
  );
}
