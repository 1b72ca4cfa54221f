import type { Locator, Page } from "@playwright/test";

/** The list of a column of the board. */
export const column = (page: Page, name: string) => page.getByRole("list", { name, exact: true });

/** The cards of tasks whose text has this: whatever else a card says, such as "now". */
export const card = (where: Page | Locator, text: string) => where.locator("[data-card]").filter({ has: pageOf(where).locator("a", { hasText: text }) });

const pageOf = (where: Page | Locator): Page => ("page" in where ? where.page() : where);
