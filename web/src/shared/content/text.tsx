import { useMemo, useState } from "react";

import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { Button } from "@/shared/ui/button";

import { plain } from "./safe";

/** So much is shown at first, and with each further press. */
const FIRST = 20_000;
const FURTHER = 200_000;

/** A text as it is, with its line ends; of a long one the beginning, and more when it is asked for. */
export function PlainText({ text, mono = true, first = FIRST, className }: { text: string; mono?: boolean; first?: number; className?: string }) {
  const [most, setMost] = useState(first);
  const shown = useMemo(() => plain(text.slice(0, most)), [text, most]);
  const left = text.length - most;
  return (
    <div className={className}>
      {/* A long text scrolls inside: the keyboard must get there. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre dir="auto" tabIndex={0} role="group" aria-label="Text" className={cn("max-h-[32rem] overflow-auto rounded-md text-[13px] [overflow-wrap:anywhere] whitespace-pre-wrap [unicode-bidi:isolate]", mono ? "font-mono" : "font-sans")}>
        {shown}
      </pre>
      {left > 0 && (
        <Button size="small" className="mt-2" onClick={() => setMost(most + FURTHER)}>
          Show {count(Math.min(left, FURTHER))} more of {count(left)} characters
        </Button>
      )}
    </div>
  );
}
