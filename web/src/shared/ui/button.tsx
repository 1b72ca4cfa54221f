import type { ComponentProps } from "react";

import { cn } from "@/shared/cn";

const LOOKS = {
  plain: "border bg-panel text-ink hover:bg-sunken",
  primary: "bg-accent text-accent-ink hover:opacity-90",
  quiet: "text-soft hover:bg-sunken hover:text-ink",
  danger: "border border-failed/40 bg-panel text-failed hover:bg-failed-soft",
} as const;

const SIZES = { small: "h-7 px-2 text-xs", usual: "h-8 px-3 text-sm", icon: "size-8 justify-center" } as const;

export interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  /** Something is under way: it cannot be pressed again. */
  busy?: boolean;
}

export function Button({ look = "plain", size = "usual", busy = false, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cn(
        "inline-flex shrink-0 items-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
        LOOKS[look],
        SIZES[size],
        className,
      )}
      {...rest}
    />
  );
}
