import type { Locator, Page } from "@playwright/test";

/** The list of a column of the board. */
export const column = (page: Page, name: string) => page.getByRole("list", { name, exact: true });

/** The cards that say this. */
export const card = (where: Page | Locator, text: string) => where.locator("[data-card]").filter({ hasText: text });
