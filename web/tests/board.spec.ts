// The board: what its columns show, the moves between them, and all of it by keyboard.

import type { Locator, Page } from "@playwright/test";

import { card, column } from "./board";
import { expect, expectAccessible, expectFits, expectNothingAsked, fromDist, test } from "./fixtures";
import type { Server } from "./server";

const head = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

const statusOf = async (server: Server, id: string) => (await server.call<{ status: string }>("task.get", { id })).status;

/** What the first card says that is wholly in view; nothing while none is. */
const inView = (list: Locator) =>
  list.evaluate((box) => {
    const { top, bottom } = box.getBoundingClientRect();
    const whole = [...box.querySelectorAll("[data-card]")].find((one) => one.getBoundingClientRect().top >= top && one.getBoundingClientRect().bottom <= bottom);
    return whole?.querySelector("a")?.textContent ?? "";
  });

/** All that is on its way has come: else lists move under the pointer, or a card is in two of them. */
const atRest = (page: Page) => expect(page.locator("[data-column]").getByRole("status")).toHaveCount(0);

async function drag(page: Page, what: Locator, to: string) {
  await atRest(page);
  await what.dragTo(page.locator(`[data-column=${to}]`), { targetPosition: { x: 60, y: 60 } });
}

test("columns show the tasks with all that is said of them", async ({ page, open, server }) => {
  const first = await server.task("Mend the login page", { priority: 90, project: "shop", roles: ["coder"], tags: ["bug"] });
  await server.task("Deploy it", { dependsOn: [first] });
  await server.task("Next week", { delayMs: 604_800_000 });
  await server.task("Only for later", { maxAttempts: 1, priority: 100 });
  const [held] = await server.work("w-1", ["coder"]);
  await server.call("task.fail", { id: held?.id, workerId: "w-1", reason: "error", error: "it does not build", retryable: false });
  const [running] = await server.work("w-1", ["coder"]);
  expect(running?.id).toBe(first);
  await server.call("task.heartbeat", { id: first, workerId: "w-1", progress: 0.4, note: "running the tests" });
  await open("/board");
  await expect(card(column(page, "Pending"), "Next week")).toContainText("in 6 days");
  await expect(card(column(page, "Failed"), "Only for later")).toContainText("it does not build");
  await expect(card(column(page, "Failed"), "Only for later")).toContainText("Dead letter");
  const going = card(column(page, "In progress"), "Mend the login page");
  for (const text of ["shop", "@coder", "#bug", "w-1", "running the tests", "40", "90"]) await expect(going).toContainText(text);
  await expect(head(page, "Pending")).toContainText("2");
  // What it waits for.
  await card(column(page, "Pending"), "Deploy it").getByRole("button", { name: "Blocked by 1" }).click();
  await expect(page.getByRole("dialog", { name: "What it waits for" })).toContainText("Mend the login page");
  await expectAccessible(page);
});

test("the heads of the columns say all of their names", async ({ page, open, server }) => {
  const many = (count: number) => server.call("task.create_many", { tasks: Array.from({ length: count }, (_, n) => ({ text: `Task ${n}`, project: "shop" })) });
  await many(1_000);
  await many(200);
  await server.work("w-1", [], 50);
  for (const path of ["/board", "/board?groupBy=project"]) {
    await open(path);
    await expect(page.getByRole("heading", { level: 2 })).toHaveCount(5);
    await expect(page.getByText("1,150", { exact: true }).first()).toBeVisible();
    const cut = () => page.getByRole("heading", { level: 2 }).evaluateAll((heads) => heads.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    await expect.poll(cut, { message: path }).toEqual([]);
  }
});

test("progress and leases are told without an event", async ({ page, open, server }) => {
  await server.task("A long one");
  const [held] = await server.work("w-1");
  await open("/board");
  // Nothing is said of it yet.
  await expect(card(column(page, "In progress"), "A long one")).toContainText("w-1");
  await expect(card(column(page, "In progress"), "A long one").getByRole("progressbar")).toBeHidden();
  await server.call("task.heartbeat", { id: held?.id, workerId: "w-1", progress: 0.7, note: "nearly there", leaseMs: 20_000 });
  await expect(card(column(page, "In progress"), "A long one")).toContainText("nearly there");
  await expect(card(column(page, "In progress"), "A long one").locator(".text-warn")).toContainText("s");
});

test("a card is dragged to another column", async ({ page, open, server }) => {
  const id = await server.task("Not needed");
  await open("/board");
  // It is asked before it is called off; until then it stays where it is.
  await drag(page, card(page, "Not needed"), "cancelled");
  await page.getByRole("button", { name: "Keep as it is" }).click();
  await expect(card(column(page, "Pending"), "Not needed")).toBeVisible();
  expect(await statusOf(server, id)).toBe("pending");
  await drag(page, card(page, "Not needed"), "cancelled");
  await page.getByRole("button", { name: "Cancel the task" }).click();
  await expect(card(column(page, "Cancelled"), "Not needed")).toBeVisible();
  expect(await statusOf(server, id)).toBe("cancelled");
  await drag(page, card(column(page, "Cancelled"), "Not needed"), "pending");
  await expect(card(column(page, "Pending"), "Not needed")).toBeVisible();
  await drag(page, card(column(page, "Pending"), "Not needed"), "in_progress");
  await expect(page.getByText("Nobody holds it")).toBeVisible();
  await expect(card(column(page, "In progress"), "Not needed")).toBeVisible();
  await drag(page, card(column(page, "In progress"), "Not needed"), "failed");
  await expect(card(column(page, "Failed"), "Not needed")).toBeVisible();
  await drag(page, card(column(page, "Failed"), "Not needed"), "completed");
  await expect(card(column(page, "Completed"), "Not needed")).toBeVisible();
  // What it came to would be lost.
  await drag(page, card(column(page, "Completed"), "Not needed"), "pending");
  await page.getByRole("button", { name: "Do it again" }).click();
  await expect(card(column(page, "Pending"), "Not needed")).toBeVisible();
  expect(await statusOf(server, id)).toBe("pending");
});

test("a move that is refused goes back, and says why", async ({ page, open, server }) => {
  const first = await server.task("First");
  const id = await server.task("Second", { dependsOn: [first] });
  await open("/board");
  await drag(page, card(page, "Second"), "in_progress");
  await expect(page.getByRole("alert")).toContainText("Not moved to in progress: It waits for “First”");
  await expect(page.getByRole("alert")).not.toContainText("task.");
  await expect(card(column(page, "Pending"), "Second")).toBeVisible();
  expect(await statusOf(server, id)).toBe("pending");
  // The same again is counted, not said twice.
  await drag(page, card(page, "Second"), "in_progress");
  await expect(page.getByRole("alert")).toContainText("2×");
  await expect(page.getByRole("alert")).toHaveCount(1);
  // It lies beside what can be done with what is selected.
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const between = async () => {
    const bar = (await page.getByRole("toolbar", { name: "What is selected" }).boundingBox()) ?? { y: 0 };
    const said = (await page.getByRole("alert").boundingBox()) ?? { y: 0, height: Infinity };
    return bar.y - said.y - said.height;
  };
  await expect.poll(between).toBeGreaterThanOrEqual(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("toolbar", { name: "What is selected" })).toBeHidden();
  // What can never be is said at once.
  await server.call("task.cancel", { id });
  await drag(page, card(column(page, "Cancelled"), "Second"), "completed");
  await expect(page.getByText("Cancelled tasks only go back to pending")).toBeVisible();
  expect(await statusOf(server, id)).toBe("cancelled");
});

test("a move that does not reach the server is taken back at once, with what to do", async ({ page, open, server }) => {
  await server.task("Stays here");
  await open("/board");
  await expect(card(page, "Stays here")).toBeVisible();
  // What the board reads anew meanwhile never comes: nothing that is told waits for it.
  await page.route("**/rpc", (route) => (/"task\.(list|stats)"/.test(route.request().postData() ?? "") ? undefined : route.abort()));
  await drag(page, card(page, "Stays here"), "failed");
  const told = page.getByRole("alert").filter({ hasText: "Not moved to failed" });
  await expect(told).toContainText("The server cannot be reached");
  await expect(told).toContainText("Try again when it is there");
  await expect(card(column(page, "Pending"), "Stays here")).not.toContainText("Moving");
});

test("a worker is told why its task is cancelled, and a task is taken from one", async ({ page, open, server }) => {
  await server.task("To be stopped", { priority: 90 });
  await server.task("To be taken");
  const [stop, taken] = await server.work("w-1", [], 2);
  await open("/board");
  await drag(page, card(page, "To be stopped"), "cancelled");
  await page.getByLabel("Reason").fill("The customer is gone");
  await page.getByRole("button", { name: "Cancel the task" }).click();
  await expect(card(column(page, "In progress"), "To be stopped")).toContainText("Stopping");
  const told = await server.call<{ cancelled?: boolean; cancelReason?: string }>("task.heartbeat", { id: stop?.id, workerId: "w-1" });
  expect(JSON.stringify(told)).toContain("The customer is gone");
  await drag(page, card(page, "To be taken"), "pending");
  await expect(card(column(page, "Pending"), "To be taken")).toBeVisible();
  expect(await statusOf(server, taken?.id ?? "")).toBe("pending");
});

test("what is answered of one task is not answered of the next", async ({ page, open, server }) => {
  const first = await server.task("First", { priority: 90 });
  await server.task("Next", { dependsOn: [first] });
  await server.task("Third", { priority: 10 });
  await open("/board");
  const ask = async (text: string) => {
    await card(page, text).hover();
    await card(page, text).getByRole("button", { name: "What to do with it" }).click();
    await page.getByRole("menuitem", { name: "Cancel" }).click();
    await expect(page.getByRole("dialog", { name: "Cancel the task" })).toContainText(text);
  };
  await ask("Third");
  await page.getByLabel("Reason").fill("Only of the third");
  await page.getByLabel("Tasks that wait for it").selectOption("are cancelled, too");
  await page.getByRole("button", { name: "Keep as it is" }).click();
  await ask("First");
  await expect(page.getByLabel("Reason")).toHaveValue("");
  await expect(page.getByLabel("Tasks that wait for it")).toHaveValue("keep");
  await page.getByLabel("Tasks that wait for it").selectOption("wait no longer");
  await page.getByRole("button", { name: "Cancel the task" }).click();
  await expect(card(column(page, "Cancelled"), "First")).toBeVisible();
  await expect(card(column(page, "Pending"), "Next").getByText("by 1")).toBeHidden();
});

test("all of it by keyboard", async ({ page, open, server }) => {
  const ids = [await server.task("Highest", { priority: 90 }), await server.task("Middle", { priority: 60 }), await server.task("Lowest", { priority: 10 })];
  const done = await server.task("Done already");
  await server.call("task.update", { id: done, updates: { status: "completed" } });
  await open("/board");
  await expect(card(page, "Done already")).toBeVisible();
  const focused = (text: string) => expect(page.locator(":focus")).toHaveText(text);
  await page.keyboard.press("j");
  await focused("Highest");
  await page.keyboard.press("ArrowDown");
  await focused("Middle");
  await page.keyboard.press("l");
  await focused("Done already");
  await page.keyboard.press("ArrowLeft");
  await focused("Highest");
  // Selects two, and no longer.
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("X");
  await expect(page.getByRole("toolbar")).toContainText("2 selected");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("toolbar")).toBeHidden();
  // Moves.
  await page.keyboard.press("j");
  await focused("Lowest");
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog", { name: "Move to" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("5");
  await expect(page.getByRole("dialog", { name: "Cancel the task" })).toContainText("Lowest");
  await expect(page.getByLabel("Reason")).toBeFocused();
  await expect(page.getByLabel("Reason")).toHaveValue("");
  await page.keyboard.type("no time");
  for (const key of ["Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  await expect(card(column(page, "Cancelled"), "Lowest")).toBeVisible();
  await expect(card(column(page, "Pending"), "Lowest")).toHaveCount(0);
  expect(await statusOf(server, ids[2] ?? "")).toBe("cancelled");
  // Changes the priority.
  await page.keyboard.press("k");
  await focused("Highest");
  await page.keyboard.press("p");
  await page.getByRole("dialog").getByLabel("Priority", { exact: true }).fill("91");
  await page.keyboard.press("Enter");
  await expect(card(page, "Highest")).toContainText("91");
  // Edits.
  await page.keyboard.press("k");
  await focused("Highest");
  await page.keyboard.press("e");
  await expect(page.getByLabel("What is to be done")).toBeFocused();
  await page.keyboard.type(" of all");
  await page.keyboard.press("Control+Enter");
  await expect(card(column(page, "Pending"), "Highest of all")).toBeVisible();
  await expectNothingAsked(page);
  // Searches, and opens.
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search tasks")).toBeFocused();
  await page.keyboard.type("midd");
  await page.keyboard.press("Enter");
  await expect(card(page, "Highest")).toBeHidden();
  await expect(page).toHaveURL(/q=midd/);
  await page.keyboard.press("Escape");
  await expect(card(page, "Highest")).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Select up to here");
  await page.keyboard.press("Escape");
  await expectNothingAsked(page);
  await card(page, "Middle").getByRole("link").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/tasks/${ids[1]}`));
});

test("many are selected and changed, and what is refused is named", async ({ page, open, server }) => {
  const first = await server.task("First", { priority: 90 });
  for (const [text, priority] of [["Second", 80], ["Third", 70]] as const) await server.task(text, { priority });
  await server.task("Blocked", { priority: 60, dependsOn: [first] });
  await open("/board");
  const pending = column(page, "Pending");
  const boxes = page.getByRole("checkbox");
  await boxes.nth(0).click();
  await card(page, "Blocked").getByRole("checkbox").click({ modifiers: ["Shift"] });
  const bar = page.getByRole("toolbar", { name: "What is selected" });
  await expect(bar).toContainText("4 selected");
  await bar.getByRole("button", { name: "Priority…" }).click();
  await page.getByLabel("Priority", { exact: true }).fill("33");
  await page.getByRole("button", { name: "Change it", exact: true }).click();
  await expect(card(pending, "Blocked")).toContainText("33");
  await expect(bar).toBeHidden();
  // One of two is refused.
  await card(pending, "Second").getByRole("checkbox").click();
  await card(pending, "Blocked").getByRole("checkbox").click();
  await bar.getByRole("button", { name: "Move to…" }).click();
  await page.getByRole("dialog", { name: "Move to" }).getByRole("button", { name: "Completed" }).click();
  const refused = page.getByRole("dialog", { name: /1 of 2 refused/ });
  await expect(refused).toContainText("Blocked");
  await expect(refused).toContainText("It waits for “First”");
  await expectAccessible(page);
  await refused.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(card(column(page, "Completed"), "Second")).toBeVisible();
});

test("many are assigned, cancelled and put back", async ({ page, open, server }) => {
  await server.call("system.register", { id: "w-1", roles: [] });
  for (const text of ["One", "Two", "Three"]) await server.task(text);
  await open("/board");
  const bar = page.getByRole("toolbar", { name: "What is selected" });
  const all = async (name: string) => {
    // What was done before is over, and nothing is selected any more.
    await expect(bar).toBeHidden();
    await page.getByRole("button", { name: `What to do with ${name}` }).click();
    await page.getByRole("menuitem", { name: "Select all" }).click();
    await expect(bar).toContainText("3 selected");
  };
  await all("pending");
  await bar.getByRole("button", { name: "Assign…" }).click();
  await page.getByLabel("Worker", { exact: true }).fill("w-1");
  await page.getByRole("button", { name: "Assign", exact: true }).click();
  await expect(card(column(page, "Pending"), "Two")).toContainText("w-1");
  await all("pending");
  await bar.getByRole("button", { name: "Cancel…" }).click();
  await page.getByLabel("Reason").fill("enough");
  await page.getByRole("button", { name: "Cancel them" }).click();
  await expect(column(page, "Cancelled").locator("[data-card]")).toHaveCount(3);
  await all("cancelled");
  await bar.getByRole("button", { name: "Retry" }).click();
  await expect(column(page, "Pending").locator("[data-card]")).toHaveCount(3);
});

test("who comes back from a task finds the column where it was", async ({ page, open, server }) => {
  await server.call("task.create_many", { tasks: Array.from({ length: 300 }, (_, n) => ({ text: `Task ${n}`, priority: 50 })) });
  await open("/board");
  const list = page.locator("[data-column=pending]");
  const first = list.getByRole("link", { name: "Task 0", exact: true });
  await expect(first).toBeVisible();
  const top = () => list.evaluate((element) => element.scrollTop);
  await list.evaluate((element) => element.scrollTo(0, 15_000));
  await expect(first).toHaveCount(0);
  let text = "";
  await expect.poll(async () => (text = await inView(list))).toMatch(/^Task \d+$/);
  await list.getByRole("link", { name: text, exact: true }).click();
  await expect(page.getByRole("heading", { name: text, level: 1 })).toBeVisible();
  await page.goBack();
  await expect(list.getByRole("link", { name: text, exact: true })).toBeVisible();
  await expect.poll(top).toBe(15_000);
  // Another list begins at its top.
  await page.getByRole("searchbox").or(page.getByPlaceholder("Search tasks")).first().fill("Task");
  await expect(page).toHaveURL(/q=Task|search=Task/);
  await expect.poll(top).toBe(0);
});

test("filters and lanes stand in the address, and views are kept", async ({ page, open, server }) => {
  await server.task("In the shop", { project: "shop", tags: ["bug"] });
  await server.task("In the docs", { project: "docs" });
  await server.task("In nothing");
  await open("/board");
  await page.getByRole("button", { name: "Project", exact: true }).click();
  await page.getByRole("option", { name: "shop" }).click();
  await expect(page).toHaveURL(/project=shop/);
  await expect(card(page, "In the docs")).toBeHidden();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Tag" })).toBeFocused();
  await page.keyboard.type("bug");
  await expect(page.getByRole("listbox").getByRole("option", { selected: true })).toContainText("bug");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tag=bug/);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Keep this view…" }).click();
  await page.getByLabel("Name").fill("Bugs of the shop");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Clear all" }).click();
  await expect(card(page, "In the docs")).toBeVisible();
  await page.getByLabel("Lanes").selectOption("Lanes by project");
  await expect(page).toHaveURL(/groupBy=project/);
  await expect(card(page.getByRole("region", { name: "docs", exact: true }), "In the docs")).toBeVisible();
  await expect(card(page.getByRole("region", { name: "No project" }), "In nothing")).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Bugs of the shop", exact: true }).click();
  await expect(page).toHaveURL(/project=shop/);
  await expect(card(page, "In the shop")).toBeVisible();
  await page.getByRole("button", { name: "Bugs of the shop" }).click();
  await page.getByRole("button", { name: "Forget Bugs of the shop" }).click();
  await expect(page.getByRole("button", { name: "Views" })).toBeVisible();
});

test("a card dropped on a worker's lane is assigned to it", async ({ page, open, server }) => {
  await server.call("system.register", { id: "w-1", roles: [] });
  const id = await server.task("For w-1");
  await open("/board?groupBy=worker&fold=failed,cancelled");
  const lane = page.getByRole("region", { name: "w-1", exact: true });
  await expect(lane).toBeVisible();
  await atRest(page);
  await card(page.getByRole("region", { name: "Nobody" }), "For w-1").dragTo(lane.locator("[data-column=pending]"));
  await expect(card(lane, "For w-1")).toBeVisible();
  const { assignedTo } = await server.call<{ assignedTo: string }>("task.get", { id });
  expect(assignedTo).toBe("w-1");
});

test("two browsers see each other's moves", async ({ page, open, server, browser }) => {
  await server.task("Seen by both");
  await open("/board");
  const other = await (await browser.newContext()).newPage();
  await open("/board", other);
  for (const one of [page, other]) await expect(card(column(one, "Pending"), "Seen by both")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog", { name: "Move to" })).toBeVisible();
  await page.keyboard.press("3");
  await expect(card(column(other, "Completed"), "Seen by both")).toBeVisible();
  await other.context().close();
});

test("ten thousand tasks: only what is in view is there, and what changes is seen", async ({ page, open, server }) => {
  test.slow();
  for (let from = 0; from < 10_000; from += 1_000) {
    const tasks = Array.from({ length: 1_000 }, (_, place) => ({ text: `Task number ${from + place}`, priority: place % 90 }));
    await server.call("task.create_many", { tasks });
  }
  await open("/board");
  await expect(head(page, "Pending")).toContainText(/10k/i);
  const box = page.locator("[data-column=pending]");
  await expect(card(page, "Task number").first()).toBeVisible();
  expect(await page.locator("[data-card]").count()).toBeLessThan(40);
  // To the very end and back: it is read when it comes into view.
  await page.keyboard.press("j");
  await page.keyboard.press("End");
  await expect(page.locator(":focus")).toHaveText("Task number 9990");
  await expect(box.locator("li").last()).toHaveAttribute("aria-posinset", "10000");
  await page.keyboard.press("Home");
  await expect(page.locator(":focus")).toHaveText("Task number 89");
  await server.task("Most urgent of all", { priority: 100 });
  await expect(card(page, "Most urgent of all")).toBeVisible();
  expect(await page.locator("[data-card]").count()).toBeLessThan(40);
});

test("a phone shows one column at a time", async ({ page, open, server }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await server.task("Wait");
  const id = await server.task("Went wrong");
  await server.call("task.update", { id, updates: { status: "failed" } });
  await open("/board");
  await expect(card(page, "Wait")).toBeVisible();
  await expect(card(page, "Went wrong")).toBeHidden();
  await page.getByRole("tab", { name: /Failed 1/ }).click();
  await expect(card(page, "Went wrong")).toBeVisible();
  await expect(page).toHaveURL(/column=failed/);
  await expectAccessible(page);
  await card(page, "Went wrong").getByRole("button", { name: "What to do with it" }).click();
  await page.getByRole("menuitem", { name: "Move to…" }).click();
  await page.getByRole("dialog", { name: "Move to" }).getByRole("button", { name: "Pending" }).click();
  await expect(page.getByRole("tab", { name: /Pending 2/ })).toBeVisible();
  await page.getByRole("button", { name: "New task" }).click();
  await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
  await expectFits(page);
});

test.describe("in the dark", () => {
  test.use({ colorScheme: "dark" });

  test("nothing is hard to read", async ({ page, open, server }) => {
    const id = await server.task("Broken", { project: "shop", roles: ["coder"], tags: ["bug"], priority: 90 });
    await server.call("task.update", { id, updates: { status: "failed" } });
    await server.task("Later", { delayMs: 60_000, priority: 65 });
    await server.task("Now", { priority: 80 });
    await server.work("w-1");
    await open("/board");
    for (const text of ["Broken", "Later", "Now"]) await expect(card(page, text)).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(page.getByRole("toolbar")).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("for who may only read", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("there is nothing to change", async ({ page, server }) => {
    await server.task("Look at it");
    const key = await server.makeKey("reader", ["tasks:read"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/board`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(card(page, "Look at it")).toBeVisible();
    await expect(page.getByRole("button", { name: "New task" })).toBeHidden();
    await expect(page.getByRole("checkbox")).toHaveCount(0);
    await page.keyboard.press("j");
    await expect(page.locator(":focus")).toHaveText("Look at it");
    await page.keyboard.press("c");
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});

test("without tasks it says what comes here", async ({ page, open }) => {
  await open("/board");
  await page.getByRole("button", { name: "Make the first task" }).click();
  await page.getByLabel("What is to be done").fill("The first");
  await page.getByRole("button", { name: "Make the task" }).click();
  await expect(card(column(page, "Pending"), "The first")).toBeVisible();
});
