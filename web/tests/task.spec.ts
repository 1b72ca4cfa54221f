// The page of a task: what it says, and what can be done there.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, expectNothingAsked, fromDist, openPalette, test } from "./fixtures";

const status = (page: Page) => page.locator("[data-status]").first();
const card = (page: Page, name: string) => page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

test("a task tells what goes on, and how it ended", async ({ page, open, server }) => {
  const id = await server.task("Mend the login page", { priority: 90, tags: ["ui"], project: "site", metadata: { owner: "ada" } });
  await open(`/tasks/${id}`);
  await expect(page.getByRole("heading", { name: "Mend the login page", level: 1 })).toBeVisible();
  await expect(card(page, "Why is it waiting?")).toContainText("No worker is registered.");
  await expect(card(page, "Metadata")).toContainText("ada");
  const [held] = await server.work("w-1");
  await expect(status(page)).toHaveText("In progress");
  await expect(card(page, "In progress")).toContainText("w-1");
  await server.call("task.heartbeat", { id, workerId: "w-1", fence: held?.fence, progress: 0.4, note: "halfway through", checkpoint: { branch: "login" } });
  await expect(page.getByRole("progressbar", { name: "Progress" })).toHaveAttribute("aria-valuenow", "40");
  await expect(card(page, "What its worker says")).toContainText("halfway through");
  await expect(card(page, "What its worker says")).toContainText("branch");
  await server.call("task.complete", { id, workerId: "w-1", fence: held?.fence, result: { pullRequest: "https://example.org/pull/1" } });
  await expect(status(page)).toHaveText("Completed");
  await expect(card(page, "Result").getByRole("link", { name: /example.org/ })).toHaveAttribute("href", "https://example.org/pull/1");
  const history = page.getByRole("list", { name: "What happened" });
  await expect(history).toContainText("w-1 completed it");
  await expect(history).toContainText("local made it, with priority 90");
  await expect(card(page, "Attempts")).toContainText("Completed");
  await history.getByRole("button", { name: /The event .* as it is/ }).first().click();
  await expect(history).toContainText("task.completed");
});

test("a failure and its attempts stand out", async ({ page, open, server }) => {
  const id = await server.task("Verify the webhooks", { maxAttempts: 2, backoff: { baseMs: 0 } });
  for (const error of ["connect ETIMEDOUT", "expected 401 to equal 200"]) {
    const [held] = await server.work("w-1");
    await server.call("task.fail", { id, workerId: "w-1", fence: held?.fence, error, retryAfterMs: 0 });
  }
  await open(`/tasks/${id}`);
  await expect(status(page)).toHaveText("Dead letter");
  await expect(page.getByRole("heading", { name: /A dead letter: something went wrong/ })).toBeVisible();
  await expect(card(page, "Attempts").getByRole("row").filter({ hasText: "Failed" })).toHaveCount(2);
  await page.getByRole("button", { name: "Redrive" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
  await expect(status(page)).toHaveText("Pending");
});

test("why it waits is told with a way to change it", async ({ page, open, server }) => {
  // Whatever project it is of.
  const first = await server.task("Lay the ground", { project: "ground" });
  const id = await server.task("Build on it", { project: "site", dependsOn: [first], roles: ["builder"] });
  await server.call("queue.pause", { project: "site", reason: "release in progress" });
  await open(`/tasks/${id}`);
  const why = card(page, "Why is it waiting?");
  await expect(why).toContainText("It waits for Lay the ground, which is pending.");
  await expect(why).toContainText("release in progress");
  await why.getByRole("button", { name: "Resume the project “site”" }).click();
  await expect(why).not.toContainText("release in progress");
  await why.getByRole("link", { name: "Lay the ground" }).click();
  await expect(page.getByRole("heading", { name: "Lay the ground", level: 1 })).toBeVisible();
  await expect(card(page, "Related tasks")).toContainText("1 waits for it");
  await expect(card(page, "Related tasks")).toContainText("Build on it");
});

test("parts and their parent know each other", async ({ page, open, server }) => {
  const parent = await server.task("The whole");
  const part = await server.task("A part of it", { parentId: parent });
  await open(`/tasks/${parent}`);
  await expect(card(page, "Related tasks")).toContainText("1 part");
  await page.getByRole("link", { name: /A part of it/ }).click();
  await expect(page).toHaveURL(new RegExp(part));
  await expect(card(page, "Related tasks")).toContainText("The whole");
});

test("it is changed with the keys alone, and another browser sees it", async ({ page, open, server, browser }) => {
  const id = await server.task("Write the docs");
  await server.call("system.register", { id: "w-1", roles: [] });
  await open(`/tasks/${id}`);
  const other = await (await browser.newContext()).newPage();
  await open(`/tasks/${id}`, other);

  // What was asked is answered, and what was sent is done: the other browser may know of it sooner.
  const over = async (next: string) => {
    await expectNothingAsked(page);
    await expect(page.getByRole("button", { name: next, exact: true })).toBeEnabled();
  };

  await page.keyboard.press("p");
  await page.getByLabel("Priority", { exact: true }).fill("85");
  await page.keyboard.press("Enter");
  await expect(other.getByTitle("Priority 85 of 100").first()).toBeVisible();

  await over("Cancel");
  await page.keyboard.press("e");
  await expect(page.getByLabel("What is to be done")).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Write better docs");
  await page.keyboard.press("Control+Enter");
  await expect(other.getByRole("heading", { name: "Write better docs" })).toBeVisible();

  await over("Assign");
  await page.keyboard.press("a");
  await page.getByLabel("Worker", { exact: true }).selectOption("w-1");
  await page.getByRole("dialog").getByRole("button", { name: "Assign" }).press("Enter");
  await expect(card(other, "Why is it waiting?")).toContainText("It is parked on w-1");
  await over("Unassign");
  await page.keyboard.press("u");
  await expect(card(other, "Why is it waiting?")).not.toContainText("It is parked on w-1");

  await over("Cancel");
  await page.keyboard.press("x");
  await expect(page.getByLabel("Why", { exact: true })).toBeFocused();
  await page.keyboard.type("nobody reads them");
  await page.keyboard.press("Enter");
  await expect(status(other)).toHaveText("Cancelled");
  await expect(other.getByText("nobody reads them").first()).toBeVisible();

  await over("Do it again");
  await page.keyboard.press("r");
  await expect(page.getByLabel("Not before so many minutes")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(status(other)).toHaveText("Pending");

  await over("Cancel");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Edit the text");
  await page.keyboard.press("Escape");
  await expectNothingAsked(page);
  await page.keyboard.type("ge");
  await expect(page).toHaveURL(/\/ui\/events/);
  await other.context().close();
});

test("the palette does the same", async ({ page, open, server }) => {
  const id = await server.task("Write the docs");
  await open(`/tasks/${id}`);
  await openPalette(page);
  await page.keyboard.type("complete by");
  await page.getByRole("option", { name: "Complete by hand (this task)" }).click();
  await page.getByLabel("Result").fill('{"pages": 3}');
  await page.getByRole("button", { name: "Complete", exact: true }).click();
  await expect(status(page)).toHaveText("Completed");
  await expect(card(page, "Result")).toContainText("pages");
});

test("cancelling says what becomes of those that wait", async ({ page, open, server }) => {
  const id = await server.task("Lay the ground");
  const after = await server.task("Build on it", { dependsOn: [id] });
  await open(`/tasks/${id}`);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByLabel("Tasks that wait for it").selectOption("cancel");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the task" }).click();
  await expect(page.getByText("1 that waited for it were cancelled too.")).toBeVisible();
  await expect(status(page)).toHaveText("Cancelled");
  expect((await server.call<{ status: string }>("task.get", { id: after })).status).toBe("cancelled");
});

test("a worker is told to stop, and what it holds is failed by hand", async ({ page, open, server }) => {
  const id = await server.task("Run the load test");
  await server.work("w-1");
  await open(`/tasks/${id}`);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the task" }).click();
  await expect(card(page, "In progress")).toContainText("It was asked to stop");
  const other = await server.task("Run it again");
  await server.work("w-2");
  await open(`/tasks/${other}`);
  await expect(status(page)).toHaveText("In progress");
  await page.keyboard.press("f");
  await page.getByLabel("What went wrong").fill("the machine is gone");
  await page.getByRole("button", { name: "Fail it", exact: true }).click();
  await expect(status(page)).toHaveText("Dead letter");
  await expect(page.getByText("the machine is gone").first()).toBeVisible();
});

test("what the server refuses is taken back, and told", async ({ page, open, server }) => {
  const id = await server.task("Lay the ground");
  await server.task("Build on it", { dependsOn: [id] });
  await open(`/tasks/${id}`);
  await expect(status(page)).toHaveText("Pending");
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("alert")).toContainText("Not deleted");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(status(page)).toHaveText("Pending");

  // What is shown at once goes back to what it was.
  await page.route("**/rpc", async (route) => {
    if (route.request().postData()?.includes("task.update") !== true) return route.fallback();
    return route.fulfill({ json: { jsonrpc: "2.0", id: 0, error: { code: -32005, message: "no", data: { code: "conflict", message: "It was changed meanwhile" } } } });
  });
  await page.keyboard.press("p");
  await page.getByLabel("Priority", { exact: true }).fill("99");
  await page.keyboard.press("Enter");
  await expect(page.getByText("The priority stays as it was: It was changed meanwhile")).toBeVisible();
  await expect(page.getByTitle("Priority 50 of 100").first()).toBeVisible();
});

test("one that was deleted says so, and what happened to it", async ({ page, open, server }) => {
  const id = await server.task("A mistake");
  await open(`/tasks/${id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /Delete/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`The task ${id} was deleted`)).toBeVisible();
  await expect(page.getByRole("list", { name: "What happened" })).toContainText("local deleted it");
  await open("/tasks/t-12");
  await expect(page.getByText("There is no task t-12")).toBeVisible();
  await open("/tasks/nonsense");
  await expect(page.getByText("There is no task nonsense")).toBeVisible();
});

test("attachments are laid out by what they are", async ({ page, open, server }) => {
  const id = await server.task("Write the report");
  const attach = (key: string, more: Record<string, unknown>) => server.call("task.create_attachment", { taskId: id, key, ...more });
  await attach("notes.md", { type: "markdown", content: "# Found\n\n- [x] one\n\n|a|b|\n|-|-|\n|1|2|\n\n[site](https://example.org/x) and [https://bank.example](https://other.example)" });
  await attach("plan", { type: "json", value: { steps: [{ name: "first" }], done: false } });
  await attach("changes.diff", { type: "text", content: "--- a/x.ts\n+++ b/x.ts\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n" });
  await attach("dot.png", { type: "text", mimeType: "image/png", content: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" });
  await attach("link", { type: "url", url: "https://example.org/report" });
  await open(`/tasks/${id}`);
  const list = card(page, "Attachments");
  const toggle = (name: string) => list.getByRole("button", { name: new RegExp(name) }).first().click();

  // The first one opens by itself, and stays closed when it was closed.
  await expect(list.locator("[data-markdown] h3")).toHaveText("Found");
  await toggle("notes.md");
  await expect(list.locator("[data-markdown]")).toHaveCount(0);
  await toggle("notes.md");
  await expect(list.locator("[data-markdown] h3")).toHaveText("Found");
  await expect(list.locator("[data-markdown] td")).toHaveText(["1", "2"]);
  await expect(list.getByRole("link", { name: /^site/ })).toHaveAttribute("rel", "noreferrer noopener nofollow");
  await expect(list.getByText("(leads to other.example)")).toBeVisible();
  await expect(page).toHaveURL(/attachment=notes.md/);
  await list.getByRole("button", { name: "As written" }).click();
  await expect(list.getByText("- [x] one")).toBeVisible();

  await toggle("plan");
  await expect(list.locator("[data-json]")).toContainText("first");
  await toggle("changes.diff");
  await expect(list.locator("[data-diff]")).toContainText("1 file, 1 line added, 1 line removed");
  await expect(list.getByRole("row").filter({ hasText: "new" })).toContainText("2");
  await toggle("dot.png");
  await expect(list.getByRole("img", { name: "dot.png" })).toHaveJSProperty("naturalWidth", 1);
  await toggle("link");
  await expect(list.getByRole("link", { name: /example.org\/report/ })).toBeVisible();

  // What is attached meanwhile comes by itself; the address opens one again.
  await attach("later", { type: "text", content: "only now" });
  await expect(list.getByRole("button", { name: /later/ })).toBeVisible();
  await page.reload();
  await expect(list.getByRole("link", { name: /example.org\/report/ })).toBeVisible();
});

test("a text of several lines is laid out below its first one", async ({ page, open, server }) => {
  const id = await server.task("## Mend the *login* page\n\nIt fails for two of three:\n\n- with a key\n- **without** one\n");
  await open(`/tasks/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mend the *login* page");
  const whole = card(page, "What is to be done");
  await expect(whole.getByRole("listitem")).toHaveText(["with a key", "without one"]);
  await expectAccessible(page);
  const long = await server.task("word ".repeat(90));
  await open(`/tasks/${long}`);
  await expect(whole).toContainText("word ".repeat(90).trim());
  expect((await page.getByRole("heading", { level: 1 }).innerText()).length).toBeLessThanOrEqual(201);
  const short = await server.task("Mend it");
  await open(`/tasks/${short}`);
  await expect(card(page, "Why is it waiting?")).toBeVisible();
  await expect(whole).toHaveCount(0);
});

test("only an attachment that is small opens by itself", async ({ page, open, server }) => {
  const attach = (taskId: string, key: string, more: Record<string, unknown>) => server.call("task.create_attachment", { taskId, key, ...more });
  for (const more of [{ type: "text", content: "x".repeat(20_001) }, { type: "url", url: "https://example.org/x" }]) {
    const id = await server.task("Write the report");
    await attach(id, "first", more);
    await attach(id, "second", { type: "text", content: "small" });
    await open(`/tasks/${id}`);
    await expect(card(page, "Attachments").locator("ul > li > button[aria-expanded=false]")).toHaveCount(2);
  }
});

test("a long history is read in pages", async ({ page, open, server }) => {
  const id = await server.task("Turned over and over");
  for (let priority = 0; priority < 100; priority += 1) await Promise.all([1, 2, 3].map((more) => server.call("task.update", { id, updates: { priority: (priority + more) % 100 } })));
  await open(`/tasks/${id}`);
  await expect(page.getByText("What came later is not read yet.")).toBeVisible();
  await page.getByRole("button", { name: "Read the next 250" }).click();
  await expect(page.getByText("What came later is not read yet.")).toBeHidden();
});

test("on a phone, in light and in dark, nothing is out of reach", async ({ page, open, server }) => {
  const id = await server.task(`A long text without a place to break: ${"x".repeat(300)}`, { tags: ["a", "b"], project: "site", metadata: { deep: { deeper: ["x".repeat(200)] } } });
  await server.call("task.create_attachment", { taskId: id, key: "wide", type: "text", content: "y".repeat(3_000) });
  await server.work("w-1");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(`/tasks/${id}?attachment=wide`);
    await expect(page.getByText("yyyyyyyy").first()).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 800 });
    await expectFits(page);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Cancel the task" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
  }
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("who may only read sees no actions", async ({ page, server }) => {
    const id = await server.task("Look, and do not touch", { project: "site" });
    const key = await server.makeKey("reader", ["tasks:read"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/tasks/${id}`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("heading", { name: "Look, and do not touch" })).toBeVisible();
    await expect(card(page, "Why is it waiting?")).toBeVisible();
    for (const name of ["Assign", "Cancel", "More actions"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
    await page.keyboard.press("x");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});
