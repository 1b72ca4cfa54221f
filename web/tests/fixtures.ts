import { readFile } from "node:fs/promises";

import { expect, test as base } from "@playwright/test";
import type { Page } from "@playwright/test";

import { findings } from "./axe";
import { Server } from "./server";

interface Fixtures {
  /** What the server is started with. */
  settings: Record<string, string>;
  server: Server;
  /** Opens one of the pages of the dashboard, and waits until it is live. */
  open: (path: string, page?: Page) => Promise<void>;
}

const KINDS: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** With WEB_DIST=1 the pages are those of `dist/files`, not those in the program. */
export async function fromDist(page: Page) {
  if (process.env["WEB_DIST"] === undefined) return;
  await page.context().route("**/ui/**", async (route) => {
    const name = new URL(route.request().url()).pathname.slice("/ui/".length);
    const file = /\.\w+$/.test(name) ? name : "index.html";
    const body = await readFile(new URL(`../dist/files/${file}`, import.meta.url));
    const contentType = KINDS[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    if (file !== "index.html") return route.fulfill({ body, contentType });
    // With what the server says of it, above all the policy.
    await route.fulfill({ response: await route.fetch(), body, contentType });
  });
}

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],
  server: async ({ settings }, use) => {
    const server = await Server.start(settings);
    await use(server);
    await server.stop();
  },
  open: async ({ server, page: own }, use) => {
    await use(async (path, page = own) => {
      await fromDist(page);
      await page.goto(`${server.url}/ui${path}`);
      await expect(page.locator("[data-freshness=live]")).toBeVisible();
      // Its keys work from then on.
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    });
  },
  page: async ({ page }, use) => {
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => {
      // What the server refuses is told there, too; tests of that look at the page.
      if (message.type() === "error" && !message.text().includes("Failed to load resource") && !message.text().includes("WebSocket"))
        wrong.push(message.text());
    });
    await use(page);
    expect(wrong, "errors of the page").toEqual([]);
  },
});

export { expect };

/** The page is as wide as the window, and nothing of it is out of reach. */
export async function expectFits(page: Page) {
  await expect
    .poll(() => page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0) - innerWidth), { message: "what is wider than the window" })
    .toBeLessThanOrEqual(0);
}

/** No dialog is open: keys are for the page again. */
export async function expectNothingAsked(page: Page) {
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

/** Opens the palette; the focus is on what is typed there. */
export async function openPalette(page: Page) {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search and commands" })).toBeFocused();
}

/** No finding of axe that is serious, on the page as it is. */
export async function expectAccessible(page: Page) {
  expect(await findings(page), "findings of axe").toEqual([]);
}
