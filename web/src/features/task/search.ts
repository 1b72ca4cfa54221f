import { address, text } from "@/shared/search";
import type { Search } from "@/shared/search";

export interface TaskSearch {
  /** The key of the attachment that is open. */
  attachment?: string;
}

/** What the address says of the page. */
export const taskSearch = (search: Search): TaskSearch => address({ attachment: text(search, "attachment") });
