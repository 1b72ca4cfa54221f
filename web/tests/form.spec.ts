// Tasks made and edited in place on the board.

import type { Page } from "@playwright/test";

import { card, column } from "./board";
import { expect, expectAccessible, expectNothingAsked, test } from "./fixtures";

test("a task is made in place, and what is wrong with it is said at its field", async ({ page, open, server }) => {
  await server.task("Build it");
  await open("/board?project=shop");
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await expect(dialog.getByLabel("Project")).toHaveValue("shop");
  await dialog.getByRole("button", { name: "Make the task" }).click();
  await expect(dialog.getByText("Expected 1 to 500 characters")).toBeVisible();
  await expect(dialog.getByLabel("What is to be done")).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel("What is to be done").fill("Ship it");
  await dialog.getByLabel("Priority").fill("1000");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Expected an integer from 0 to 100")).toBeVisible();
  await expect(dialog.getByLabel("Priority")).toBeFocused();
  await dialog.getByLabel("Priority").fill("80");
  await dialog.getByLabel("Roles").fill("coder");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Tags").fill("a,b,");
  await dialog.getByLabel("Waits for").fill("build");
  await dialog.getByRole("option", { name: "Build it" }).click();
  await dialog.getByLabel("When").selectOption("After");
  await dialog.getByLabel("How long").fill("2");
  await dialog.getByLabel("Unit").selectOption("hours");
  await dialog.getByLabel("Attempts").fill("3");
  await dialog.getByText("Metadata").first().click();
  await dialog.getByLabel("Metadata").fill("{");
  await dialog.getByRole("button", { name: "Make the task" }).click();
  await expect(dialog.getByText("This is no JSON")).toBeVisible();
  await expect(dialog.getByLabel("Metadata")).toBeFocused();
  await dialog.getByLabel("Metadata").fill('{"branch": "main"}');
  await dialog.getByRole("button", { name: "Make the task" }).click();
  await expect(dialog).toBeHidden();
  await expect(card(column(page, "Pending"), "Ship it")).toContainText("in 1 hr");
  const { tasks } = await server.call<{ tasks: Record<string, unknown>[] }>("task.list", { search: "ship" });
  expect(tasks[0]).toMatchObject({ priority: 80, project: "shop", roles: ["coder"], tags: ["a", "b"], maxAttempts: 3, openDependencies: 1, metadata: { branch: "main" } });
});

test("what was typed into a new task is kept when the dialog is left", async ({ page, open, server }) => {
  await server.task("One");
  await open("/board");
  await page.keyboard.press("c");
  await page.getByLabel("What is to be done").fill("Half a thought");
  await page.keyboard.press("Escape");
  await expectNothingAsked(page);
  await page.getByRole("button", { name: "New task" }).click();
  await expect(page.getByLabel("What is to be done")).toHaveValue("Half a thought");
});

test("two who edit the same task do not take each other's words away", async ({ page, open, server, browser }) => {
  const id = await server.task("As it was");
  const other = await (await browser.newContext()).newPage();
  for (const one of [page, other]) {
    await open("/board", one);
    await card(one, "As it was").hover();
    await card(one, "As it was").getByRole("button", { name: "What to do with it" }).click();
    await one.getByRole("menuitem", { name: "Edit" }).click();
  }
  const text = (one: Page) => one.getByLabel("What is to be done");
  await text(page).fill("From the first");
  await page.keyboard.press("Control+Enter");
  await expect(card(page, "From the first")).toBeVisible();
  // A worker takes it: that is nothing that was edited.
  await server.work("w-1");
  await text(other).fill("From the second");
  await other.keyboard.press("Control+Enter");
  await expect(other.getByText("Somebody changed it to “From the first” meanwhile.")).toBeVisible();
  expect((await server.call<{ text: string }>("task.get", { id })).text).toBe("From the first");
  await other.keyboard.press("Control+Enter");
  await expect(card(other, "From the second")).toBeVisible();
  await other.context().close();
});
