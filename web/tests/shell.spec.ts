// What is around every page: the way in, the keys, the palette, and how fresh it all is.

import { expect, expectAccessible, expectFits, expectNothingAsked, fromDist, openPalette, test } from "./fixtures";

test("keys and the palette go everywhere", async ({ page, open, server }) => {
  await server.task("Mend the login page");
  await open("/board");
  await page.keyboard.type("ge");
  await expect(page.getByRole("heading", { name: "Events", level: 1 })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Go to board");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expectNothingAsked(page);
  await openPalette(page);
  await page.keyboard.type("log page");
  await page.getByRole("option", { name: "Mend the login page" }).click();
  await expect(page).toHaveURL(/\/ui\/tasks\/t-\d+/);
});

test("what is pasted into the palette is found, and Enter opens it", async ({ page, open, server }) => {
  const id = await server.task("Mend the login page");
  await open("/board");
  await openPalette(page);
  await page.keyboard.insertText("mend login");
  const found = page.getByRole("option", { name: "Mend the login page" });
  await expect(found).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("Nothing has this name.")).toHaveCount(0);
  await expect(page.getByRole("combobox", { name: "Search and commands" })).toHaveAttribute("aria-activedescendant", (await found.getAttribute("id")) ?? "");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/ui/tasks/${id}$`));

  await openPalette(page);
  await page.keyboard.insertText("go to metr");
  await expect(page.getByRole("option", { selected: true })).toHaveText("Go to metrics");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Metrics", level: 1 })).toBeVisible();

  await openPalette(page);
  await page.keyboard.insertText("zzqqxx");
  await expect(page.getByText("Nothing has this name.")).toBeVisible();
  await expect(page.getByRole("option")).toHaveCount(0);
  await expectAccessible(page);
  // Tasks that come while there is nothing to choose, and then above what is chosen.
  await server.task("zzqqxx");
  await expect(page.getByRole("option", { name: "zzqqxx" })).toHaveAttribute("aria-selected", "true");
});

test("keys that do the same stand on one line, under names that people know", async ({ page, open }) => {
  await open("/board");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByText("Down", { exact: true })).toHaveCount(1);
  await expect(keys).toContainText("↓");
  await expect(keys).toContainText("Esc");
  await expect(keys).not.toContainText(/Arrow|Escape/);
});

test("a phone has a menu", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await open("/board");
  await page.getByRole("button", { name: "Open the menu" }).click();
  await page.getByRole("link", { name: "Workers" }).click();
  await expect(page.getByRole("heading", { name: "Workers", level: 1 })).toBeVisible();
  await expectFits(page);
});

test("the theme is kept", async ({ page, open }) => {
  await open("/board");
  await page.getByRole("button", { name: /Theme: as the system/ }).click();
  await page.getByRole("button", { name: /Theme: light/ }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await expectAccessible(page);
});

test("a server that is gone is told, and comes back", async ({ page, open, server }) => {
  await open("/board");
  await server.halt("SIGKILL");
  await expect(page.locator("[data-freshness=stale]")).toBeVisible();
  await server.begin();
  await expect(page.locator("[data-freshness=live]")).toBeVisible();
});

test("a connection that leads nowhere is noticed within 20 seconds", async ({ page, open, server }) => {
  await open("/board");
  server.pause();
  await expect(page.locator("[data-freshness=stale]")).toBeVisible({ timeout: 20_000 });
  server.goOn();
  await expect(page.locator("[data-freshness=live]")).toBeVisible();
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("one logs in with a key, and out again", async ({ page, server }) => {
    const key = await server.makeKey("ada", ["admin"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/board`);
    await page.getByLabel("API key").fill("cb_wrong_key");
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByText(/^This API key is unknown, revoked or expired/)).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.locator("[data-freshness=live]")).toBeVisible();
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie, location.href]));
    expect(kept).not.toContain(key.split("_")[2]);
    await page.getByRole("button", { name: "You are ada" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await expect(page.getByLabel("API key")).toBeVisible();
    await page.goto(`${server.url}/ui/board`);
    await expect(page.getByLabel("API key")).toBeVisible();
  });
});
