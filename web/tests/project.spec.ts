// The projects: how far each is, what waits for what, and what ran when.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, test } from "./fixtures";
import type { Server } from "./server";

/** Five tasks, of which each waits for the one before; and one that waits for none. */
async function chain(server: Server, project: string): Promise<string[]> {
  const names = ["Design", "Build", "Test", "Review", "Ship"];
  const { tasks } = await server.call<{ tasks: { id: string }[] }>("task.create_many", {
    tasks: [...names.map((text, place) => ({ key: text, text, project, ...(place === 0 ? {} : { dependsOn: [names[place - 1]] }) })), { text: "Alone", project }],
  });
  return tasks.map(({ id }) => id);
}

const node = (page: Page, id: string | undefined) => page.locator(`[data-node="${id ?? ""}"]`);

test("the list of projects says how far each is", async ({ page, open, server }) => {
  await chain(server, "site");
  await server.task("Index it", { project: "search" });
  await server.call("queue.pause", { project: "search" });
  await open("/projects");
  const list = page.getByRole("list", { name: "Projects" });
  await expect(list.getByRole("listitem").filter({ hasText: "site" })).toContainText("0 of 6");
  await expect(list.getByRole("listitem").filter({ hasText: "search" })).toContainText("Paused");
  await expectAccessible(page);
  const [held] = await server.work("w-1");
  await server.call("task.complete", { id: held?.id, fence: held?.fence, workerId: "w-1" });
  await expect(list.getByRole("listitem").filter({ hasText: "site" })).toContainText("1 of 6");
  await list.getByRole("link", { name: /site/ }).click();
  await expect(page.getByRole("heading", { name: "site", level: 1 })).toBeVisible();
});

test("the graph shows what waits for what, live", async ({ page, open, server }) => {
  const [design, build, , , ship, alone] = await chain(server, "site");
  await open("/projects/site");
  await expect(node(page, ship)).toBeVisible();
  await expect(page.locator(".react-flow__edge")).toHaveCount(4);
  await expect(page.locator("[data-critical]")).toHaveCount(5);
  await expect(node(page, alone)).not.toHaveAttribute("data-critical");
  await expect(node(page, build)).toContainText("Blocked");
  await expect(page.getByText("Critical path: 5 tasks")).toBeVisible();
  await server.call("system.register", { id: "w-1", roles: [] });
  await server.call("task.claim", { workerId: "w-1", taskId: design });
  await expect(node(page, design)).toContainText("w-1");
  await server.call("task.complete", { id: design, workerId: "w-1" });
  await expect(node(page, design)).toContainText("Completed");
  await expect(node(page, build)).toContainText("Pending");
  await expect(page.locator("[data-critical]")).toHaveCount(4);
  // One that is made meanwhile takes its place.
  const later = await server.task("Celebrate", { project: "site", dependsOn: [ship] });
  await expect(node(page, later)).toBeVisible();
  await expect(page.locator(".react-flow__edge")).toHaveCount(5);
  await page.getByLabel("Hide what is done").check();
  await expect(node(page, design)).toHaveCount(0);
});

test("a node opens a panel, and the panel the task", async ({ page, open, server }) => {
  const [design, build] = await chain(server, "site");
  await open("/projects/site");
  await node(page, build).click();
  const panel = page.getByRole("complementary", { name: "The chosen task" });
  await expect(panel).toContainText("Waits for 1");
  await expect(page).toHaveURL(new RegExp(`task=${build}`));
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  // With the keys alone.
  await page.getByRole("button", { name: /^Design Pending/ }).focus();
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("heading", { name: "Design" })).toBeVisible();
  await panel.getByRole("link", { name: "Open the task" }).click();
  await expect(page).toHaveURL(new RegExp(`/ui/tasks/${design}`));
});

test("what waits for a failure is told to be stuck", async ({ page, open, server }) => {
  const [design, build] = await chain(server, "site");
  await server.call("task.update", { id: design, updates: { status: "failed" } });
  await open("/projects/site");
  await expect(node(page, build)).toContainText("Stuck");
  await expect(page.getByText("4 stuck behind what failed")).toBeVisible();
});

test("the timeline shows what ran when", async ({ page, open, server }) => {
  const [design] = await chain(server, "site");
  await server.call("system.register", { id: "w-1", roles: [] });
  await server.call("task.claim", { workerId: "w-1", taskId: design });
  await open("/projects/site");
  await page.keyboard.press("2");
  const list = page.getByRole("list", { name: "What ran when" });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await expect(list).toContainText("w-1");
  const bar = list.getByRole("link", { name: /^Design: in progress, running for/ });
  await bar.focus();
  await expect(page.getByRole("tooltip")).toContainText("Design");
  await server.call("task.complete", { id: design, workerId: "w-1" });
  await expect(list.getByRole("link", { name: /^Design: completed, took/ })).toBeVisible();
  const latest = page.getByRole("button", { name: "Latest" });
  await expect(latest).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "By task" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(6);
  await expect(page).toHaveURL(/rows=task/);
  await page.getByRole("button", { name: "15 min" }).click();
  await expect(page).toHaveURL(/range=15m/);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect(page).toHaveURL(/from=\d+/);
  await latest.click();
  await expect(page).not.toHaveURL(/from=|range=/);
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect(page).toHaveURL(/range=all/);
  await expect(page.getByRole("button", { name: "All", exact: true })).toHaveAttribute("aria-pressed", "true");
  // A part that is drawn with the pointer.
  const box = await list.boundingBox();
  if (box === null) throw new Error("the chart is not there");
  await page.mouse.move(box.x + 400, box.y + 5 * 26 + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 600, box.y + 5 * 26 + 2);
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d+/);
  await expectAccessible(page);
});

test("a project is paused and goes on", async ({ page, open, server, browser }) => {
  await chain(server, "site");
  await open("/projects/site");
  const other = await (await browser.newContext()).newPage();
  await open("/projects/site", other);
  await expect(page.getByText("Not enough done yet to tell")).toBeVisible();
  await page.keyboard.press("p");
  await page.getByLabel("Why").fill("release in progress");
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Nobody can claim its tasks")).toBeVisible();
  await expect(other.getByText(/are held back by local: release in progress/)).toBeVisible();
  await other.getByRole("button", { name: "Resume" }).first().click();
  await expect(page.getByText(/are held back by/)).toBeHidden();
  await other.context().close();
});

test("all that was done in the last hour is counted", async ({ page, open, server }) => {
  test.slow();
  // A page of the log ends where the server has looked at much of it: 10,000 events of others lie between.
  const make = (text: string, project: string, parts: number) =>
    Promise.all(Array.from({ length: parts }, () => server.call("task.create_many", { tasks: Array.from({ length: 100 }, () => ({ text, project })) })));
  await make("Step", "busy", 4);
  let left = 400;
  const complete = async (most: number) => {
    const held = await server.work("w-1", [], most);
    await Promise.all(held.map(({ id, fence }) => server.call("task.complete", { id, workerId: "w-1", fence })));
    left -= held.length;
  };
  while (left > 100) await complete(20);
  for (let part = 0; part < 10; part += 1) await make("Another", "other", 10);
  await server.call("queue.pause", { project: "other" });
  while (left > 1) await complete(Math.min(20, left - 1));
  await open("/projects/busy");
  const figure = page.getByText("Done in the last hour", { exact: true }).locator("..");
  await expect(figure).toContainText("399 in the last day");
  await complete(1);
  await expect(figure).toContainText("400 in the last day");
  await expect(figure).not.toContainText("At least");
});

test("hundreds of tasks are bounded, open ones first", async ({ page, open, server }) => {
  test.slow();
  for (let part = 0; part < 6; part += 1)
    await server.call("task.create_many", { tasks: Array.from({ length: 100 }, (_, place) => ({ key: String(place), text: `Step ${part}.${place}`, project: "large", ...(place === 0 ? {} : { dependsOn: [String(Math.floor((place - 1) / 4))] }) })) });
  await open("/projects/large");
  await expect(page.getByText("Shown are 500 of 600 tasks")).toBeVisible();
  await expect(page.locator("[data-node]").first()).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Timeline" }).click();
  await page.getByRole("button", { name: "By task" }).click();
  const rows = page.getByRole("list", { name: "What ran when" }).getByRole("listitem");
  await expect(rows.first()).toBeVisible();
  expect(await rows.count()).toBeLessThan(60);
});

test("on a phone, in light and in dark, nothing is out of reach", async ({ page, open, server }) => {
  const [design] = await chain(server, "a project with quite a long name that goes on and on");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await open(`/projects/${encodeURIComponent("a project with quite a long name that goes on and on")}?task=${design}`);
      await expect(node(page, design)).toBeVisible();
      await expectAccessible(page);
      await expectFits(page);
    }
  }
});

test("a project without tasks says so", async ({ page, open }) => {
  await open("/projects/none%2Fof%20that");
  await expect(page.getByText("No task belongs to this project")).toBeVisible();
});
