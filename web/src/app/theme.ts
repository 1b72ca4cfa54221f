// Light, dark, or as the system has it. `public/theme.js` does the same before anything is drawn.

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const listeners = new Set<() => void>();
const dark = matchMedia("(prefers-color-scheme: dark)");

function read(): Theme {
  try {
    const kept = localStorage.getItem("theme");
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

let theme = read();

function show() {
  document.documentElement.classList.toggle("dark", theme === "dark" || (theme === "system" && dark.matches));
  for (const listener of listeners) listener();
}

dark.addEventListener("change", show);

export function setTheme(next: Theme) {
  theme = next;
  try {
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch {
    // Then it lasts as long as the page.
  }
  show();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme);

/** Whether the page is dark now, for what draws itself. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, () => document.documentElement.classList.contains("dark"));
