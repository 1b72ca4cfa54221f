// Figures and charts: what is counted is shown, exactly and for those who do not see a chart, in every range.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, fromDist, openPalette, test } from "./fixtures";
import { patched, refusal } from "./patched";
import type { Server } from "./server";

/** Three tasks made, two completed, one failed for good. */
async function work(server: Server) {
  for (const text of ["One", "Two", "Three"]) await server.task(text, { roles: ["builder"] });
  const held = await server.work("ada", ["builder"], 3);
  for (const [place, { id, fence }] of held.entries()) {
    const report = { id, workerId: "ada", fence };
    if (place < 2) await server.call("task.complete", { ...report, result: { ok: true } });
    else await server.call("task.fail", { ...report, error: "no way", retryable: false });
  }
}

const figure = (page: Page, label: string) => page.locator("main div > div").filter({ has: page.locator(`:scope > div:first-child:text-is("${label}")`) });
const card = (page: Page, title: string) => page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name: new RegExp(`^${title}($| )`) }) });

test("what was counted is shown as figures, lines and a table", async ({ page, open, server }) => {
  await work(server);
  await open("/metrics?range=5m");
  await expect(figure(page, "Created")).toContainText("3");
  await expect(figure(page, "Completed")).toContainText("2");
  await expect(figure(page, "Failed for good")).toContainText("33.3% of what ended");
  const throughput = card(page, "Throughput");
  await expect(throughput.locator("canvas")).toBeVisible();
  await expect(throughput.getByRole("group", { name: "Lines" })).toContainText("so far");
  await throughput.getByRole("button", { name: "Throughput: as a table" }).click();
  const table = throughput.getByRole("table");
  await expect(table.getByRole("columnheader", { name: "Completed" })).toBeVisible();
  await expect(table.getByRole("cell", { name: "3", exact: true }).first()).toBeVisible();
  await expect(page.getByRole("group", { name: /^Workers/ }).getByRole("row", { name: /ada/ })).toContainText("67%");
  await expect(page.getByRole("group", { name: "Calls by method" })).toContainText("task.complete");
  await expect(card(page, "How many servers")).toContainText("Keep 1 server");
  await expect(card(page, "Server")).toContainText("MB");
  await expect(card(page, "What it needs")).toContainText("works");
});

test("failures are told by reason", async ({ page, open, server }) => {
  await open("/metrics?range=5m");
  await expect(page.getByText("Nothing failed in this time")).toBeVisible();
  for (const text of ["One", "Two"]) await server.task(text, { roles: ["builder"] });
  const [first, second] = await server.work("ada", ["builder"], 2);
  if (first === undefined || second === undefined) throw new Error("two tasks were claimed");
  await server.call("task.fail", { ...first, workerId: "ada", reason: "refused" });
  await server.call("task.fail", { ...second, workerId: "ada", reason: "rate_limited" });
  const reasons = page.getByRole("group", { name: "Failures by reason" });
  await expect(reasons.getByRole("row", { name: /The worker would not do it/ })).toHaveText(/refused\s*0\s*1\s*50%/);
  await expect(reasons.getByRole("row", { name: /no more calls/ })).toHaveText(/rate_limited\s*1\s*0\s*50%/);
  await expectAccessible(page);
});

test("the queue moves as others work", async ({ page, open, server }) => {
  await open("/metrics");
  await expect(figure(page, "Ready now")).toContainText("nothing waits for a worker");
  await server.task("For a reviewer", { roles: ["reviewer"] });
  await expect(figure(page, "Ready now")).toContainText("1");
  await expect(card(page, "Ready tasks by role")).toContainText("reviewer");
});

test("a range is in the address; keys and the palette change it", async ({ page, open }) => {
  await open("/metrics");
  await page.getByRole("radio", { name: "The last 7 days" }).check({ force: true });
  await expect(page).toHaveURL(/range=7d/);
  await expect(card(page, "Throughput")).toContainText("tasks per hour");
  await page.reload();
  await expect(page.getByRole("radio", { name: "The last 7 days" })).toBeChecked();
  await page.locator("#main").focus();
  await page.keyboard.press("]");
  await expect(page).toHaveURL(/range=30d/);
  await expect(card(page, "Throughput")).toContainText("tasks per day");
  await page.keyboard.press("]");
  await expect(page).toHaveURL(/range=1y/);
  await expect(card(page, "Open tasks")).toContainText("at the end of each day");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/before=shown/);
  await expect(card(page, "Throughput").getByRole("button", { name: /Completed before/ })).toBeVisible();
  await openPalette(page);
  await page.keyboard.type("Metrics: the last 6 hours");
  await expect(page.getByRole("option", { selected: true })).toHaveText("Metrics: the last 6 hours");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/range=6h/);
  for (const range of ["5m", "24h"]) {
    await open(`/metrics?range=${range}`);
    await expect(card(page, "Waiting").locator("canvas")).toBeVisible();
  }
});

test("what makes no sense in the address is the usual range", async ({ page, open }) => {
  await open("/metrics?range=9w&before=maybe");
  await expect(page.getByRole("radio", { name: "The last hour" })).toBeChecked();
});

test("the keyboard alone reads a chart and hides a line", async ({ page, open, server }) => {
  await work(server);
  await open("/metrics?range=5m");
  await expect(figure(page, "Completed")).toContainText("2");
  const throughput = card(page, "Throughput");
  const slider = throughput.getByRole("slider");
  await expect(slider).toHaveAttribute("aria-valuetext", /so far: Created 3, Started 3, Completed 2|: Created \d/);
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(throughput.locator("[data-tooltip]")).toContainText("Created");
  const failed = throughput.getByRole("button", { name: /^Failed/ });
  await failed.focus();
  await page.keyboard.press("Enter");
  await expect(failed).toHaveAttribute("aria-pressed", "false");
  await expect(slider).not.toHaveAttribute("aria-valuetext", /Failed/);
});

test("a chart tells exact values under the pointer, and follows its container and the theme", async ({ page, open, server }) => {
  await work(server);
  await open("/metrics?range=5m");
  const throughput = card(page, "Throughput");
  const canvas = throughput.locator("canvas");
  await expect(canvas).toBeVisible();
  await expect(throughput.getByRole("slider")).toHaveAttribute("aria-valuetext", /Completed \d/);
  await throughput.locator(".u-over").hover();
  await expect(throughput.locator("[data-tooltip]")).toContainText("Completed");
  await page.mouse.move(0, 0);
  await expect(throughput.locator("[data-tooltip]")).toBeHidden();
  const pixel = () => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
  const light = await pixel();
  await page.getByRole("button", { name: /Theme: as the system/ }).click();
  await page.getByRole("button", { name: /Theme: light/ }).click();
  await expect.poll(pixel).not.toBe(light);
  const before = (await canvas.boundingBox())?.width ?? 0;
  await page.setViewportSize({ width: 900, height: 800 });
  await expect.poll(async () => Math.abs(((await canvas.boundingBox())?.width ?? 0) - before)).toBeGreaterThan(20);
});

test("what was never counted is told, and a refusal says why", async ({ page, open, server }) => {
  await work(server);
  const lost = { from: new Date(Date.now() - 4 * 3_600_000).toISOString(), to: new Date(Date.now() - 3 * 3_600_000).toISOString() };
  let refused = true;
  await patched(page, ({ method }, real) => {
    if (method === "analytics.throughput") return { result: { ...(real as object), lost: [lost], rebuilding: true } };
    if (method === "analytics.latency" && refused) return refusal("internal", "the figures cannot be read");
    return undefined;
  });
  // A range that is not read anew by itself before somebody tries again.
  await open("/metrics?range=7d");
  await expect(page.getByText("The figures are being counted anew")).toBeVisible();
  await expect(page.getByText(/Nothing was counted from/)).toBeVisible();
  await expect(page.getByText("The figures cannot be read")).toBeVisible();
  const throughput = card(page, "Throughput");
  await throughput.getByRole("button", { name: "Throughput: as a table" }).click();
  await expect(throughput.getByRole("cell", { name: "–" }).first()).toBeVisible();
  refused = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(card(page, "Waiting").locator("canvas")).toBeVisible();
});

test("replicas, clusters, breakers and the layers of the cache are told", async ({ page, open }) => {
  await patched(page, ({ method }, real) => {
    if (method !== "system.health") return undefined;
    const clusters = [{ name: "east", reached: true }, { name: "west", reached: false }];
    const replicas = [{ name: "b:5432", lagMs: 12_000, lagging: true, serves: false }];
    return { result: { ...(real as object), status: "degraded", clusters, replicas } };
  });
  await page.route("**/metrics", async (route) => {
    const text = ['cache{figure="memory"} 60', 'cache{figure="redis"} 20', 'cache{figure="store"} 20', 'circuit_breaker_state{name="redis:west"} 2', 'circuit_breaker_state{name="replica:b:5432"} 0'];
    if (new URL(route.request().url()).pathname !== "/metrics") return route.fallback();
    await route.fulfill({ contentType: "text/plain", body: text.map((line) => `claudebench_${line}\n`).join("") });
  });
  await open("/metrics");
  const needs = card(page, "What it needs");
  await expect(needs).toContainText("Circuit breaker redis:westopen: is not called");
  await expect(needs).toContainText("Circuit breaker replica:b:5432closed: works");
  await expect(needs).toContainText("Redis westaway");
  await expect(needs).toContainText("12 s behind, not read from");
  await expect(card(page, "Cache of tasks")).toContainText("Redis20 20%");
});

test("it fits a phone, and axe finds nothing in light and dark", async ({ page, open, server }) => {
  await work(server);
  await open("/metrics?range=5m&before=shown");
  await expect(card(page, "Throughput").locator("canvas")).toBeVisible();
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveClass(/dark/);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectFits(page);
  await expectAccessible(page);
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("another tenant is not told of the servers", async ({ page, server }) => {
    const { key } = await server.call<{ key: string }>("key.create", { name: "acme", scopes: ["tasks:read", "system:read"], tenant: "acme" });
    await fromDist(page);
    await page.goto(`${server.url}/ui/metrics`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(card(page, "Server")).toContainText("MB");
    await expect(page.getByText("How many servers")).toBeHidden();
    await expect(card(page, "Throughput").locator("canvas")).toBeVisible();
  });
});
