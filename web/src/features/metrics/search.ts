import { address, oneOf } from "@/shared/search";
import type { Search } from "@/shared/search";

import { RANGE_IDS } from "./ranges";
import type { RangeId } from "./ranges";

export interface MetricsSearch {
  range?: RangeId;
  /** Lines of the time before are drawn, too. */
  before?: "shown";
}

/** What the address says of the page. */
export function metricsSearch(search: Search): MetricsSearch {
  return address({ range: oneOf(search, "range", RANGE_IDS), before: oneOf(search, "before", ["shown"] as const) });
}
