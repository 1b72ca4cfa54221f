import { useEffect } from "react";
import type { ReactNode } from "react";

import { cn } from "./cn";

interface PageProps {
  title: string;
  /** Beside the title. */
  actions?: ReactNode;
  /** It scrolls inside, not as a whole. */
  fixed?: boolean;
  /** All of its title is shown, however long. */
  wrap?: boolean;
  children: ReactNode;
}

/** A page with its heading. */
export function Page({ title, actions, fixed = false, wrap = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ClaudeBench`;
  }, [title]);
  return (
    <div className={cn("flex flex-col gap-3 p-3 md:p-5", fixed && "h-full overflow-hidden")}>
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <h1 dir="auto" className={cn("text-lg font-semibold [unicode-bidi:isolate]", wrap ? "min-w-full [overflow-wrap:anywhere] lg:min-w-0 lg:flex-1" : "min-w-0 flex-1 truncate")}>
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </div>
  );
}
