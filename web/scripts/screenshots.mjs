// Pictures of each page for docs/img, of a fleet that works: `claudebench bench --scenario demo`, for two minutes.
//
//     make web-build && cargo build --release -p claudebench
//     node web/scripts/screenshots.mjs target/release/claudebench
// @ts-check

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

const program = resolve(process.argv[2] ?? "target/release/claudebench");
const target = fileURLToPath(new URL("../../docs/img/", import.meta.url));
/** How long the fleet works before its picture is taken, at four times the speed. */
const WORKS_MS = Number(process.env["WORKS_MS"] ?? 120_000);

const folder = await mkdtemp(join(tmpdir(), "claudebench-img-"));
const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data", folder, "--json"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
let url = "";
for await (const line of createInterface({ input: server.stdout })) {
  url = JSON.parse(line).urls?.[0] ?? "";
  if (url !== "") break;
}
const fleet = spawn(program, ["bench", "demo", "--url", url, "--speed", "4"], { cwd: folder, stdio: "inherit" });
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** @param {string} method @param {unknown} params */
async function call(method, params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(`${url}/rpc`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await answer.json()).result;
}

try {
  await mkdir(target, { recursive: true });
  await new Promise((done) => setTimeout(done, WORKS_MS));
  const shown = await call("task.list", { limit: 200, orderBy: "updatedAt" });
  const rich = shown.tasks.find((/** @type {{attachmentCount: number}} */ task) => task.attachmentCount > 2) ?? shown.tasks[0];
  const { projects } = await call("project.list", {});
  const { sessions } = await call("session.list", {});
  const { buckets } = await call("analytics.throughput", { bucket: "minute" });
  if (buckets.length === 0) throw new Error("the fleet did nothing");
  const [told] = sessions.sort((/** @type {{events: number}} */ a, /** @type {{events: number}} */ b) => b.events - a.events);
  const [busy] = projects.sort((/** @type {{counts: {pending: number}}} */ a, /** @type {{counts: {pending: number}}} */ b) => b.counts.pending - a.counts.pending);
  /** @type {[name: string, path: string, theme: "light" | "dark", width: number][]} */
  const pages = [
    ["board", "/board", "light", 1_440],
    ["board-dark", "/board?groupBy=project", "dark", 1_440],
    ["board-phone", "/board", "light", 390],
    ["task", `/tasks/${rich.id}`, "light", 1_440],
    ["projects", "/projects", "light", 1_440],
    ["project", `/projects/${encodeURIComponent(busy.name)}`, "light", 1_440],
    ["events", "/events", "light", 1_440],
    ["workers", "/workers", "light", 1_440],
    ["hooks", "/hooks", "light", 1_440],
    ["session", `/hooks?session=${encodeURIComponent(told.sessionId)}`, "light", 1_440],
    ["metrics", "/metrics?range=5m", "dark", 1_440],
    ["system", "/system", "light", 1_440],
  ];
  for (const [name, path, theme, width] of pages) {
    const page = await browser.newPage({ viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme: theme, locale: "en-GB", timezoneId: "UTC" });
    await page.goto(`${url}/ui${path}`);
    await page.locator("[data-freshness=live]").waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await new Promise((done) => setTimeout(done, 2_500));
    if (name === "task") {
      await page.setViewportSize({ width, height: 1_200 });
      const attachments = page.locator("section").filter({ has: page.getByRole("heading", { name: "Attachments" }) });
      const first = attachments.getByRole("button").first();
      if ((await first.getAttribute("aria-expanded")) !== "true") await first.click();
      await attachments.getByRole("button").first().scrollIntoViewIfNeeded();
      await page.mouse.move(0, 0);
      await new Promise((done) => setTimeout(done, 500));
    }
    await page.screenshot({ path: join(target, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  fleet.kill("SIGINT");
  server.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}
