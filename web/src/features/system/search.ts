import { address, oneOf, text } from "@/shared/search";
import type { Search } from "@/shared/search";

export const TAB_IDS = ["health", "pauses", "values", "settings", "keys", "guide"] as const;
export type TabId = (typeof TAB_IDS)[number];

export interface SystemSearch {
  tab?: TabId;
  /** What is looked for in the settings, the values or the documentation. */
  q?: string;
  /** The page of the documentation that is open. */
  page?: string;
}

/** What the address says of the page. */
export function systemSearch(search: Search): SystemSearch {
  return address({ tab: oneOf(search, "tab", TAB_IDS), q: text(search, "q"), page: text(search, "page") });
}
