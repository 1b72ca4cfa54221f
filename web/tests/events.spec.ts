// The live log of events: what comes, what was, and how it is looked through.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, fromDist, test } from "./fixtures";
import type { Server } from "./server";

const rows = (page: Page) => page.getByRole("list", { name: "Events", exact: true });

const many = (server: Server, from: number, to: number) =>
  server.call("task.create_many", { tasks: Array.from({ length: to - from + 1 }, (_, place) => ({ text: `Task number ${from + place}` })) });

test("what happens is there at once, in plain words", async ({ page, open, server }) => {
  await open("/events");
  const id = await server.task("Mend the login page", { project: "site" });
  const created = rows(page).getByRole("button", { name: "Created “Mend the login page”" });
  await expect(created).toBeVisible();
  await server.work("builder-1");
  // What a task is called is known from where it was made.
  await expect(rows(page).getByRole("button", { name: "builder-1 claimed “Mend the login page”" })).toBeVisible();
  await created.click();
  const detail = page.getByRole("complementary", { name: "Tasks" });
  await expect(detail.getByRole("region", { name: "Payload" })).toContainText('"text": "Mend the login page"');
  await expect(page).toHaveURL(/event=/);
  await expectAccessible(page);
  await detail.getByRole("link", { name: "Mend the login page" }).click();
  await expect(page).toHaveURL(new RegExp(`/ui/tasks/${id}`));
});

test("all of it works by the keyboard", async ({ page, open, server }) => {
  const id = await server.task("First");
  await server.task("Second");
  await open("/events");
  await expect(rows(page).getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("j");
  await expect(rows(page).locator("[aria-current]")).toContainText("Second");
  await page.keyboard.press("j");
  await expect(rows(page).locator("[aria-current]")).toContainText("First");
  await page.keyboard.press("Enter");
  const detail = page.getByRole("complementary", { name: "Tasks" });
  await expect(detail).toContainText("Created “First”");
  await page.keyboard.press("k");
  await expect(detail).toContainText("Created “Second”");
  await page.keyboard.press("Escape");
  await expect(detail).toBeHidden();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search in what is loaded" })).toBeFocused();
  await page.keyboard.type("first");
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await expect(page.getByText("Paused")).toBeVisible();
  await page.keyboard.press("p");
  await expect(page.getByText("Paused")).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("t");
  await expect(page).toHaveURL(new RegExp(`/ui/tasks/${id}`));
});

test("paused, what comes is counted; then it is shown", async ({ page, open, server }) => {
  await server.task("Before");
  await open("/events");
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Pause" }).click();
  await server.task("Meanwhile");
  await expect(page.getByText("Paused: 1 new")).toBeVisible();
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(rows(page).getByText("Created “Meanwhile”")).toBeVisible();
});

test("filters stand in the address and hold for what comes", async ({ page, open, server }) => {
  await server.task("Of the site", { project: "site" });
  await server.task("Of the shop", { project: "shop" });
  await server.work("builder-1", [], 2);
  await open("/events");
  await page.getByRole("button", { name: "Types" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Workers" }).click();
  await expect(page).toHaveURL(/types=instance\.\*/);
  await page.getByRole("menuitemcheckbox", { name: "claimed" }).click();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(rows(page).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Project").fill("site");
  await page.keyboard.press("Enter");
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.reload();
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Drop the filter type instance.*" }).click();
  await page.getByRole("button", { name: "Drop the filter type task.claimed" }).click();
  await expect(rows(page).getByRole("listitem")).toHaveCount(2);
  await server.task("Of the shop, too", { project: "shop" });
  await server.task("Of the site, too", { project: "site" });
  await expect(rows(page).getByText("Created “Of the site, too”")).toBeVisible();
  await expect(rows(page).getByText("Of the shop")).toHaveCount(0);
  await page.getByRole("button", { name: "Drop all" }).click();
  await expect(page).not.toHaveURL(/project/);
});

test("of one worker, what the server does not look for is looked for", async ({ page, open, server }) => {
  await server.task("One");
  await server.work("builder-1");
  await many(server, 1, 700);
  await open("/events?actor=builder-1");
  await expect(rows(page).getByRole("listitem")).toHaveCount(2);
  await expect(page.getByText("This is where the log begins.")).toBeVisible();
});

test("it goes back to where the log begins", async ({ page, open, server }) => {
  await many(server, 1, 700);
  await open("/events");
  await expect(rows(page).getByText("Created “Task number 700”")).toBeVisible();
  const list = page.locator("[data-rows]");
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(page.getByText("This is where the log begins.")).toBeInViewport({ timeout: 300 });
  }).toPass();
  await expect(rows(page).getByText("Created “Task number 1”", { exact: true })).toBeVisible();
  // What comes does not move what is looked at.
  await server.task("The newest");
  await expect(page.getByText("This is where the log begins.")).toBeInViewport();
  await list.evaluate((element) => element.scrollTo(0, 0));
  await expect(rows(page).getByText("Created “The newest”")).toBeVisible();
  // Of all these rows, those in sight are there.
  expect(await rows(page).getByRole("listitem").count()).toBeLessThan(60);
});

test("a thousand events a second do not stop it, and what is not shown is told", async ({ page, open, server }) => {
  await open("/events");
  await page.evaluate(() => {
    const seen = { longest: 0 };
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (seen.longest = Math.max(seen.longest, duration)))).observe({ type: "longtask" });
    Object.assign(window, { seen });
  });
  const began = Date.now();
  let read = false;
  const storm = (async () => {
    for (let from = 1; !read || Date.now() < began + 4_000; from += 250) await many(server, from, from + 249);
    return Date.now() - began;
  })();
  try {
    await expect(page.getByText(/Showing 1 of \d+/)).toBeVisible();
    await page.getByRole("searchbox").fill("number");
    await expect(page).toHaveURL(/q=number/);
    await page.getByRole("searchbox").fill("");
  } finally {
    read = true;
  }
  const lasted = await storm;
  const again = page.getByRole("button", { name: /not shown/ });
  await expect(again).toBeVisible();
  const longest = await page.evaluate(() => (window as unknown as { seen: { longest: number } }).seen.longest);
  expect(longest, "the longest that the page did not answer").toBeLessThan(lasted / 2);
  await again.click();
  await expect(again).toBeHidden();
});

test("on a phone, in both themes", async ({ page, open, server }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await server.task("Mend the login page ".repeat(20));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await open("/events");
    await expect(rows(page).getByRole("listitem")).toHaveCount(1);
    await expectAccessible(page);
    await rows(page).getByRole("button").click();
    await expect(page.getByRole("dialog", { name: "Tasks" })).toContainText("Created “Mend");
    await expectAccessible(page);
    await expectFits(page);
    await page.keyboard.press("Escape");
  }
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("who may read tasks alone sees their events alone", async ({ page, server }) => {
    await server.task("Mend the login page");
    await server.work("builder-1");
    const key = await server.makeKey("bob", ["tasks:read"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/events`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(rows(page).getByRole("listitem")).toHaveCount(2);
    await page.getByRole("button", { name: "Types" }).click();
    await expect(page.getByRole("menuitemcheckbox", { name: "Tasks" })).toBeVisible();
    await expect(page.getByRole("menuitemcheckbox", { name: "Workers" })).toHaveCount(0);
    await page.goto(`${server.url}/ui/events?types=instance.*`);
    await expect(page.getByRole("alert")).toContainText("Your key does not allow this");
  });
});
