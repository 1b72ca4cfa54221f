import { useCallback, useState } from "react";
import type { ReactNode } from "react";

import { cn } from "@/shared/cn";

interface Scrolls {
  /** There is more on this side than is seen. */
  left: boolean;
  right: boolean;
  /** It scrolls at all, be it downwards. */
  any: boolean;
}

const NOT: Scrolls = { left: false, right: false, any: false };

/** A part of a pixel is nothing more to be seen. */
const LEAST = 1;

function scrollsOf(box: HTMLElement): Scrolls {
  const rest = box.scrollWidth - box.clientWidth;
  return { left: box.scrollLeft > LEAST, right: rest - box.scrollLeft > LEAST, any: rest > LEAST || box.scrollHeight - box.clientHeight > LEAST };
}

const isSame = (one: Scrolls, other: Scrolls) => one.left === other.left && one.right === other.right && one.any === other.any;

/** How far a box scrolls, and a `ref` of it. */
function useScrolls() {
  const [scrolls, setScrolls] = useState(NOT);
  const watch = useCallback((box: HTMLElement | null) => {
    if (box === null) return;
    const look = () => setScrolls((before) => (isSame(before, scrollsOf(box)) ? before : scrollsOf(box)));
    const observer = new ResizeObserver(look);
    for (const one of [box, ...box.children]) observer.observe(one);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);
  return [scrolls, watch] as const;
}

const SHADE = "pointer-events-none absolute inset-y-0 z-10 w-7 from-ink/20 to-transparent opacity-0 transition-opacity dark:from-black/70";

/** What may be wider than its place: it scrolls inside, and is shaded at the side where there is more. */
export function Sideways({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  const [{ left, right, any }, watch] = useScrolls();
  return (
    <div data-more={left || right ? `${left ? "left" : ""} ${right ? "right" : ""}`.trim() : undefined} className={cn("relative flex flex-col overflow-hidden", className)}>
      {/* The keyboard comes here where there is something to scroll. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={watch} role="group" aria-label={label} tabIndex={any ? 0 : undefined} className="min-h-0 overflow-auto outline-offset-[-2px]">
        {children}
      </div>
      <span aria-hidden className={cn(SHADE, "left-0 bg-linear-to-r", left && "opacity-100")} />
      <span aria-hidden className={cn(SHADE, "right-0 bg-linear-to-l", right && "opacity-100")} />
    </div>
  );
}
