// The state of the system, and what is changed there: pauses, shared values and keys.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, fromDist, test } from "./fixtures";
import { patched, refused } from "./patched";

const card = (page: Page, title: string) => page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name: new RegExp(`^${title}($| )`) }) });

test("health is told in words, with what to do", async ({ page, open }) => {
  let ill = false;
  await patched(page, ({ method }, real) => {
    if (method !== "system.health" || !ill) return undefined;
    const services = { postgres: true, redis: false, mcp: true };
    return { result: { ...(real as object), status: "degraded", services, problem: "Redis does not answer: connection refused" } };
  });
  await open("/system");
  await expect(page.getByText("All is well")).toBeVisible();
  await expect(card(page, "Parts").getByRole("listitem").first()).toContainText("Store");
  ill = true;
  await expect(page.getByText("It goes on, with less")).toBeVisible();
  await expect(page.getByText("Redis does not answer: connection refused")).toBeVisible();
  await expect(card(page, "Parts").getByRole("listitem").first()).toContainText("See whether Redis runs");
  await expectAccessible(page);
});

test("servers and their versions are listed", async ({ page, open }) => {
  await open("/system");
  await expect(page.getByRole("group", { name: "Servers" }).getByRole("row").nth(1)).toContainText("yes");
  const now = new Date().toISOString();
  const servers = [
    { id: "a-1", version: "1.1.0", answers: true, startedAt: now, lastSeen: now },
    { id: "b-2", version: "1.0.0", answers: false, lastSeen: now },
  ];
  await patched(page, ({ method }) => (method === "system.servers" ? { result: { servers } } : undefined));
  await open("/system");
  await expect(page.getByText("Servers of 2 versions run side by side")).toBeVisible();
  await expect(page.getByRole("row", { name: /b-2/ })).toContainText("no");
});

test("settings: what differs first, secrets hidden, found by name", async ({ page, open }) => {
  await patched(page, ({ method }, real) => {
    if (method !== "system.settings") return undefined;
    const { settings } = real as { settings: { name: string }[] };
    // A secret is hidden by the server: here is one that it would have hidden.
    return { result: { settings: settings.map((one) => (one.name === "store.url" ? { ...one, value: "postgres://ada:***@db/work", origin: "file", place: "claudebench.toml:3", hidden: true } : one)) } };
  });
  await open("/system?tab=settings");
  const rows = page.getByRole("group", { name: "Settings" }).getByRole("row");
  await expect(rows.nth(1)).not.toContainText("default");
  await expect(page.getByRole("row", { name: /^store\.url / })).toContainText("postgres://ada:***@db/work");
  await expect(page.getByRole("row", { name: /^store\.url / })).toContainText("claudebench.toml:3");
  await expect(page.getByText(/^\d+ of \d+ differ from the default/)).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Find a setting")).toBeFocused();
  await page.keyboard.type("host");
  await expect(page).toHaveURL(/q=host/);
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("hosts[]default");
  await page.reload();
  await expect(rows).toHaveCount(2);
  await expectAccessible(page);
});

test("a pause is made and ended; another browser sees both at once", async ({ page, open, browser, server }) => {
  const other = await (await browser.newContext()).newPage();
  await open("/system?tab=pauses");
  await open("/system?tab=pauses", other);
  await page.getByRole("button", { name: "New pause" }).click();
  await page.getByLabel("Name of the project").fill("site");
  await page.getByLabel("Reason").fill("Release in progress");
  await page.getByLabel("For how long").selectOption("1 hour");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Claims are held back")).toBeVisible();
  await expect(other.getByText("Project site")).toBeVisible();
  await expect(other.getByText("Release in progress")).toBeVisible();
  const { pauses } = await server.call<{ pauses: { until?: string }[] }>("queue.list");
  expect(pauses[0]?.until).toBeDefined();
  await other.getByRole("button", { name: "Resume: Project site" }).click();
  await expect(page.getByText("Nothing is held back")).toBeVisible();
  await other.context().close();
});

test("all tasks are paused by the keyboard alone; a refusal says why and changes nothing", async ({ page, open, server }) => {
  await open("/system");
  await page.keyboard.press("2");
  await expect(page).toHaveURL(/tab=pauses/);
  await page.getByRole("button", { name: "New pause" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("What is held back")).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByLabel("Name of the project")).toBeHidden();
  await page.keyboard.press("Tab");
  await page.keyboard.type("Maintenance");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Resume: All tasks" })).toBeVisible();
  await refused(page, "queue.resume", "unavailable", "the store cannot be written");
  await page.getByRole("button", { name: "Resume: All tasks" }).click();
  await expect(page.getByRole("alert")).toContainText("All tasks could not be resumed: The store cannot be written");
  await expect(page.getByRole("button", { name: "Resume: All tasks" })).toBeEnabled();
  expect((await server.call<{ pauses: unknown[] }>("queue.list")).pauses).toHaveLength(1);
});

test("a key is made, shown once, works, and is revoked", async ({ page, open, server, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open("/system?tab=keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("build agent");
  await page.getByRole("checkbox", { name: /tasks:work/ }).uncheck();
  await page.getByLabel("It ends after").selectOption("30 days");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make the key" }).click();
  const key = await page.getByRole("textbox", { name: "The key" }).inputValue();
  expect(key).toMatch(/^cb_[0-9a-f]+_/);
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByText("The key is copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  const ask = () =>
    fetch(`${server.url}/rpc`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${key}` }, body: '{"jsonrpc":"2.0","id":1,"method":"task.stats"}' });
  expect((await ask()).status).toBe(200);
  await page.getByRole("button", { name: "I have it" }).click();
  const row = page.getByRole("row", { name: /build agent/ });
  await expect(row).toContainText("tasks:read");
  await expect(row).not.toContainText("tasks:work");
  expect(await page.content(), "it is not shown again").not.toContain(key);
  await row.getByRole("button", { name: "Revoke build agent" }).click();
  await expect(page.getByRole("dialog")).toContainText("It cannot be taken back");
  await page.getByRole("button", { name: "Keep as it is" }).click();
  await expect(row).toBeVisible();
  await row.getByRole("button", { name: "Revoke build agent" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByText("There are no keys")).toBeVisible();
  expect(JSON.stringify(await (await ask()).json())).toContain("unauthorized");
});

test("a key that the server does not make is told", async ({ page, open }) => {
  await refused(page, "key.create", "forbidden", "only the tenant default may name another");
  await open("/system?tab=keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("x");
  await page.getByLabel("Tenant").fill("acme");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("No key was made: Only the tenant default may name another")).toBeAttached();
  await expect(page.getByLabel("Name")).toHaveValue("x");
});

test("a value is changed, and refused when it is not in order", async ({ page, open, server }) => {
  await server.call("config.set", { key: "todowrite.autocreate", value: false });
  await open("/system?tab=values");
  await page.getByRole("button", { name: "Change todowrite.autocreate" }).click();
  const value = page.getByRole("textbox", { name: "Value" });
  await value.fill("{");
  await page.getByRole("button", { name: "Set it" }).click();
  await expect(page.getByText("This is no JSON")).toBeVisible();
  await value.fill('{"on": true}');
  await page.getByRole("button", { name: "Set it" }).click();
  await expect(page.getByText("todowrite.autocreate is set")).toBeVisible();
  await expect(page.getByRole("row", { name: /todowrite/ })).toContainText('{"on":true}');
  expect(await server.call("config.get", { key: "todowrite.autocreate" })).toMatchObject({ value: { on: true } });
  await page.getByRole("button", { name: "New value" }).click();
  await page.getByRole("dialog").getByLabel("Key", { exact: true }).fill("hook.rules");
  await page.getByLabel("Kind").selectOption("Text");
  await value.fill("this is no file of rules [");
  await page.getByRole("button", { name: "Set it" }).click();
  await expect(page.getByText(/hook.rules was not set:/)).toBeAttached();
  expect(await server.call("config.get", { key: "hook.rules" })).toMatchObject({ exists: false });
});

test("values are listed; one that changes under the hand is told", async ({ page, open, server }) => {
  await server.call("config.set", { key: "alpha", value: "one" });
  for (let n = 0; n < 100; n += 1) await server.call("config.set", { key: `beta.${n}`, value: n });
  await server.call("config.set", { key: "zeta", value: 2 });
  await open("/system?tab=values");
  await expect(page.getByRole("row", { name: /alpha/ })).toContainText("one");
  await page.getByRole("button", { name: "Read more" }).click();
  await page.getByLabel("Find a value").fill("zeta");
  await expect(page.getByRole("row", { name: /zeta/ })).toContainText("2");
  await page.getByLabel("Find a value").fill("alp");
  await expect(page.getByRole("row", { name: /zeta/ })).toBeHidden();
  await page.getByRole("button", { name: "Change alpha" }).click();
  await expect(page.getByLabel("Kind")).toHaveValue("text");
  await server.call("config.set", { key: "alpha", value: "two" });
  await expect(page.getByText("Somebody has changed it meanwhile")).toBeVisible();
  await expectAccessible(page);
});

test("the documentation is found and read", async ({ page, open }) => {
  await open("/system?tab=guide");
  await page.getByLabel("Find a page").fill("autoscaler");
  await page.getByRole("link", { name: /How many servers/ }).click();
  await expect(page.getByRole("heading", { name: "How many servers" })).toBeVisible();
  await page.getByRole("link", { name: "Redis", exact: true }).click();
  await expect(page).toHaveURL(/page=scaling(%2F|\/)redis/);
  await expect(page.getByRole("heading", { name: "One server of Redis" })).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "How many servers" })).toBeVisible();
});

test("every part fits a phone, and axe finds nothing in light and dark", async ({ page, open, server }) => {
  await server.makeKey("a key with quite a long name, as people give them", ["admin"]);
  await server.call("queue.pause", { project: "a-project-whose-name-goes-on-and-on-and-on-without-a-blank", reason: "r".repeat(300) });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const tab of ["health", "pauses", "values", "settings", "keys", "guide"]) {
      await open(`/system?tab=${tab}`);
      await expect(page.locator("nav[aria-label='Parts of the system'] [aria-current=page]")).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      await expectAccessible(page);
      await expectFits(page);
    }
  }
});

test("a table that is wider than its place says at which side there is more", async ({ page, open }) => {
  await open("/system?tab=settings");
  const table = page.getByRole("group", { name: "Settings" });
  const hint = page.locator("[data-more]");
  await expect(table.getByRole("row").nth(1)).toBeVisible();
  await expect(hint).toHaveCount(0);
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(hint).toHaveAttribute("data-more", "right");
  await table.focus();
  await page.keyboard.press("ArrowRight");
  await expect(hint).toHaveAttribute("data-more", "left right");
  await table.evaluate((box) => box.scrollTo({ left: box.scrollWidth, behavior: "instant" }));
  await expect(hint).toHaveAttribute("data-more", "left");
  await expectAccessible(page);
});

test("an address that asks for nothing that there is shows the health", async ({ page, server }) => {
  await fromDist(page);
  await page.goto(`${server.url}/ui/system?tab=flush&q=[1]`);
  await expect(page.getByText("All is well")).toBeVisible();
});
