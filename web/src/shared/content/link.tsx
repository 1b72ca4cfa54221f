import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

import { line, webLink } from "./safe";

/** A link to the web; what leads anywhere else is shown as text. */
export function WebLink({ url, children, className }: { url: unknown; children?: ReactNode; className?: string }) {
  const to = webLink(url);
  const text = children ?? line(String(url));
  if (to === undefined)
    return (
      <span title="This is no link to a page of the web, and is not opened." className={cn("break-all text-soft underline decoration-dotted", className)}>
        {text}
      </span>
    );
  return (
    <a href={to} target="_blank" rel="noreferrer noopener nofollow" title={line(to)} className={cn("break-all text-accent underline underline-offset-2", className)}>
      {text}
      <ExternalLink aria-label="(opens elsewhere)" className="ml-0.5 inline size-3 align-baseline" />
    </a>
  );
}
