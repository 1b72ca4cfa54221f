// Workers: where each stands, what it holds, and what may be done with it.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, fromDist, test } from "./fixtures";

const rows = (page: Page) => page.getByRole("list", { name: "Workers" });
const row = (page: Page, name: string) => rows(page).getByRole("listitem").filter({ hasText: name });

test("each shows what it holds and what it did", async ({ page, open, server }) => {
  await server.task("Mend the login page");
  await server.call("system.register", { id: "builder-2", roles: ["test"], metadata: { host: "alpha" } });
  const [task] = await server.work("builder-1", ["build"]);
  await open("/workers");
  await expect(row(page, "builder-1")).toContainText("Working");
  await expect(row(page, "builder-1").getByRole("link", { name: "Mend the login page" })).toHaveAttribute("href", `/ui/tasks/${task?.id}`);
  await expect(row(page, "builder-1")).toContainText(/lease 4 m \d+ s/);
  await expect(row(page, "builder-2")).toContainText("Idle");
  // Another one comes, and this one fails.
  await server.call("system.register", { id: "builder-3", roles: ["build"] });
  await expect(row(page, "builder-3")).toBeVisible();
  await server.call("task.fail", { id: task?.id, fence: task?.fence, workerId: "builder-1", error: "the tests <b>fail</b>", retryable: false });
  await expect(row(page, "builder-1")).toContainText("the tests <b>fail</b>");
  await expect(row(page, "builder-1")).toContainText("Idle");
  await expectAccessible(page);
});

test("one is looked at closer", async ({ page, open, server }) => {
  await server.task("Mend the login page");
  await server.call("system.register", { id: "builder-1", roles: ["build"], metadata: { host: "alpha.internal" } });
  await server.call("task.claim", { workerId: "builder-1" });
  await server.call("session.start", { sessionId: "session-of-builder-1", instanceId: "builder-1", projectDir: "/srv/site" });
  await server.call("hook.user_prompt", { sessionId: "session-of-builder-1", instanceId: "builder-1", prompt: "Do what is to be done", context: {} });
  await open("/workers?worker=builder-1");
  const detail = page.getByRole("complementary", { name: "builder-1" });
  await expect(detail).toContainText("alpha.internal");
  await expect(detail).toContainText("Mend the login page");
  await expect(detail).toContainText("builder-1 claimed");
  await expectAccessible(page);
  await detail.getByRole("link", { name: "“Do what is to be done”" }).click();
  await expect(page).toHaveURL(/\/ui\/hooks\?session=session-of-builder-1/);
});

test("they are filtered and sorted, by the address", async ({ page, open, server }) => {
  await server.task("One");
  await server.call("system.register", { id: "b-2", roles: ["build"], metadata: { host: "alpha" } });
  await server.call("system.register", { id: "b-1", roles: ["test"] });
  await server.work("b-10", ["build"]);
  await open("/workers");
  await expect(rows(page).getByRole("listitem").first()).toContainText("b-10");
  await page.getByRole("button", { name: "Worker", exact: true }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(rows(page).getByRole("listitem").first().getByRole("button", { name: "b-1", exact: true })).toBeVisible();
  await page.getByLabel("Role", { exact: true }).selectOption("build");
  await expect(rows(page).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("group", { name: "State" }).getByRole("button", { name: /Working/ }).click();
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.reload();
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("group", { name: "State" }).getByRole("button", { name: /All/ }).click();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search workers")).toBeFocused();
  await page.keyboard.type("alpha");
  await expect(rows(page).getByRole("listitem")).toHaveCount(1);
  await expect(row(page, "b-2")).toBeVisible();
});

test("removed, it holds nothing any more: in each browser", async ({ page, open, server, browser }) => {
  const id = await server.task("Mend the login page");
  await server.work("builder-1");
  const other = await browser.newPage();
  await open("/workers", other);
  await expect(row(other, "builder-1")).toContainText("Working");
  await open("/workers");
  await page.getByRole("button", { name: "Actions for builder-1" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await expect(page.getByRole("dialog")).toContainText("The 1 task that it holds goes back at once");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("builder-1 is removed")).toBeVisible();
  await expect(row(page, "builder-1")).toContainText("Gone");
  await expect(row(other, "builder-1")).toContainText("Gone");
  await other.close();
  expect((await server.call<{ status: string }>("task.get", { id })).status).toBe("pending");
});

test("what is refused is told", async ({ page, open, server }) => {
  await server.work("builder-1");
  await open("/workers?worker=builder-1");
  await page.route("**/rpc", async (route) => {
    if (!(route.request().postData() ?? "").includes("queue.pause")) return route.fallback();
    await route.fulfill({ json: { jsonrpc: "2.0", id: 0, error: { code: -32001, message: "not now", data: { code: "conflict", message: "the queue is closed" } } } });
  });
  await page.getByRole("complementary").getByRole("button", { name: "Drain" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "builder-1 is not drained" })).toContainText("The queue is closed");
});

test("by the keyboard, on a phone, in both themes", async ({ page, open, server }) => {
  await server.task("Mend the login page ".repeat(20));
  await server.work("builder-with-a-very-long-name-indeed-that-goes-on-and-on", ["build", "test", "deploy", "watch"]);
  await server.call("system.register", { id: "c-2", roles: [] });
  await open("/workers");
  await expect(rows(page).getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("j");
  await expect(page.getByRole("complementary", { name: /^builder-with/ })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("complementary", { name: "c-2" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary", { name: "c-2" })).toBeHidden();
  await page.setViewportSize({ width: 390, height: 800 });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await open("/workers");
    await expect(rows(page).getByRole("listitem")).toHaveCount(2);
    await expectAccessible(page);
    await page.getByRole("button", { name: "c-2", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "c-2" })).toBeVisible();
    await expectFits(page);
  }
});

test("where nobody works, it is said how to begin", async ({ page, open }) => {
  await open("/workers");
  await expect(page.getByText("No worker has registered yet")).toBeVisible();
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("who may only read sees no actions", async ({ page, server }) => {
    await server.work("builder-1");
    const key = await server.makeKey("bob", ["system:read"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/workers?worker=builder-1`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(row(page, "builder-1")).toBeVisible();
    await expect(page.getByRole("complementary", { name: "builder-1" })).toBeVisible();
    await expect(page.getByRole("button", { name: /Actions for|Drain$|Remove/ })).toHaveCount(0);
  });
});
