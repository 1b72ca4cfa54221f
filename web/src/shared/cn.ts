import { clsx } from "clsx";
import type { ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names; of two that say different things, the later one counts. */
export const cn = (...names: ClassValue[]): string => twMerge(clsx(names));
