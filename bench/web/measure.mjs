// How the board does with many tasks and many events: the first paint with 100 and with 10,000 open tasks, how late a change is
// seen in another browser, scrolling while 200 events a second come, and memory over minutes. Starts the server and Debian's Chromium itself.
//
//     make web-build && cargo build --release -p claudebench && (cd web && npm ci)
//     node bench/web/measure.mjs target/release/claudebench [--minutes 10]
// @ts-check

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("@playwright/test");

const program = resolve(process.argv[2] ?? "target/release/claudebench");
const minutes = Number(process.argv[process.argv.indexOf("--minutes") + 1] || 10);
const ROUNDS = 5;
const EVENTS_A_SECOND = 200;
const STEPS = 300;

async function server() {
  const folder = await mkdtemp(join(tmpdir(), "claudebench-bench-"));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data", folder, "--json"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = JSON.parse(line).urls?.[0];
    if (url)
      return {
        url,
        stop: async () => {
          child.kill("SIGKILL");
          await rm(folder, { recursive: true, force: true });
        },
      };
  }
  throw new Error("the server did not start");
}

/** @param {string} url @param {string} method @param {unknown} params */
async function call(url, method, params) {
  const answer = await fetch(`${url}/rpc`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** @param {string} url @param {number} count */
async function fill(url, count) {
  const projects = ["checkout", "search", "mobile"];
  for (let from = 0; from < count; from += 1_000) {
    const tasks = Array.from({ length: Math.min(1_000, count - from) }, (_, n) => ({
      text: `Task ${from + n}: make the ${projects[n % 3]} page say why it refuses`,
      priority: (n * 7) % 100,
      project: projects[n % 3],
      tags: ["bench"],
    }));
    await call(url, "task.create_many", { tasks });
  }
}

/** @param {number[]} values */
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** From the beginning of the navigation to the first card. */
async function firstCard(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector("[data-card]") === null) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => (window["painted"] = performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${url}/ui/board`);
  await page.waitForFunction(() => window["painted"] !== undefined);
  const at = await page.evaluate(() => window["painted"]);
  await page.close();
  return at;
}

/** From the press that makes a task in one browser to its card in another one. */
async function seenElsewhere(browser, url) {
  await call(url, "task.create", { text: "Seen by both", project: "seen" });
  const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()));
  for (const page of pages) {
    await page.goto(`${url}/ui/board?project=seen`);
    await page.waitForSelector("[data-card]");
  }
  const [one, other] = pages;
  const times = [];
  for (let round = 0; round <= ROUNDS * 4; round += 1) {
    const text = `Seen elsewhere ${round}`;
    await other.evaluate((text) => {
      window["seen"] = undefined;
      new MutationObserver((_, observer) => {
        if (![...document.querySelectorAll("[data-card]")].some((card) => card.textContent.includes(text))) return;
        observer.disconnect();
        window["seen"] = Date.now();
      }).observe(document, { childList: true, subtree: true, characterData: true });
    }, text);
    await one.keyboard.press("c");
    const dialog = one.getByRole("dialog", { name: "New task" });
    await dialog.getByLabel("What is to be done").fill(text);
    // It comes first, where cards are drawn.
    await dialog.getByLabel("Priority").fill(String(51 + round));
    await one.evaluate(() => addEventListener("click", () => (window["pressed"] = Date.now()), { capture: true, once: true }));
    await dialog.getByRole("button", { name: "Make the task" }).click();
    await other.waitForFunction(() => window["seen"] !== undefined);
    const late = (await other.evaluate(() => window["seen"])) - (await one.evaluate(() => window["pressed"]));
    await dialog.waitFor({ state: "detached" });
    // The first one warms both up.
    if (round > 0) times.push(late);
  }
  await Promise.all(pages.map((page) => page.context().close()));
  return { middle: middle(times), longest: Math.max(...times) };
}

/** Scrolls the first column up and down for some seconds, and tells what blocked the page meanwhile. */
async function scroll(page) {
  await page.locator("[data-card]").first().hover();
  await page.evaluate(() => {
    const seen = { long: [], far: 0, drawn: 0 };
    window["seen"] = seen;
    new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
    new MutationObserver((changes) => (seen.drawn += changes.length)).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    addEventListener("scroll", ({ target }) => (seen.far = Math.max(seen.far, target.scrollTop ?? 0)), { capture: true, passive: true });
  });
  for (let step = 0; step < STEPS; step += 1) {
    await page.mouse.wheel(0, step % 60 < 45 ? 600 : -900);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  // One that is made on purpose must be seen, too: else nothing was watched.
  const { long, far, drawn } = await page.evaluate(async () => {
    const { long, far, drawn } = structuredClone(window["seen"]);
    await new Promise((done) =>
      setTimeout(() => {
        const end = performance.now() + 150;
        while (performance.now() < end);
        setTimeout(done, 1_000);
      }),
    );
    if (!window["seen"].long.slice(long.length).some((ms) => ms >= 150)) throw new Error("long tasks are not seen");
    return { long, far, drawn };
  });
  if (far < 10_000 || drawn === 0) throw new Error(`the board was not scrolled (${far} px, ${drawn} changes)`);
  return { longest: Math.max(0, ...long), over: long.filter((ms) => ms > 100).length, far, drawn };
}

/** So many events a second, until it is stopped. */
function events(url, ids) {
  let [sent, stopped] = [0, false];
  const began = Date.now();
  const run = (async () => {
    while (!stopped) {
      const due = Math.floor(((Date.now() - began) * EVENTS_A_SECOND) / 1_000);
      const now = Math.min(due - sent, 100);
      await Promise.all(
        Array.from({ length: Math.max(now, 0) }, (_, n) => {
          const id = ids[(sent + n) % ids.length];
          return call(url, "task.update", { id, updates: { priority: (sent + n) % 100 } });
        }),
      );
      sent += Math.max(now, 0);
      await new Promise((done) => setTimeout(done, 5));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await run;
      return (sent * 1_000) / (Date.now() - began);
    },
  };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const [few, many] = [await server(), await server()];
try {
  await fill(few.url, 100);
  await fill(many.url, 10_000);
  const times = { few: [], many: [] };
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [name, { url }] of Object.entries({ few, many })) {
      const ms = await firstCard(browser, url);
      // The first one warms the browser up.
      if (round > 0) times[name].push(ms);
    }
  const [a, b] = [middle(times.few), middle(times.many)];
  console.log(`first card: ${a.toFixed(0)} ms with 100 tasks, ${b.toFixed(0)} ms with 10,000 (${(b / a).toFixed(2)}; at most 1.5)`);

  const elsewhere = await seenElsewhere(browser, few.url);
  console.log(`a change is seen in another browser after ${elsewhere.middle} ms, ${elsewhere.longest} ms at most (at most 1,000)`);
  if (elsewhere.longest > 1_000) process.exitCode = 1;

  const { tasks } = await call(many.url, "task.list", { limit: 1_000, orderBy: "priority" });
  const load = events(many.url, tasks.map((task) => task.id));
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  const client = await page.context().newCDPSession(page);
  const heap = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize } = await client.send("Runtime.getHeapUsage");
    return usedSize / 1_048_576;
  };
  for (const [name, path] of [["lanes by project", "/board?groupBy=project"], ["no lanes", "/board"]]) {
    await page.goto(`${many.url}/ui${path}`);
    await page.waitForSelector("[data-card]");
    await page.waitForTimeout(3_000);
    const { longest, over, far, drawn } = await scroll(page);
    console.log(
      `scrolling at ${EVENTS_A_SECOND} events/s, ${name}: ${over} tasks over 100 ms (none wanted), the longest ${longest.toFixed(0)} ms; ${far} px far, ${drawn} changes of the page`,
    );
  }

  const heaps = [await heap()];
  for (let minute = 0; minute < minutes; minute += 1) {
    await new Promise((done) => setTimeout(done, 60_000));
    heaps.push(await heap());
  }
  console.log(`memory of the page, each minute: ${heaps.map((mb) => mb.toFixed(1)).join(", ")} MiB`);
  console.log(`events: ${(await load.stop()).toFixed(0)}/s`);
} finally {
  await browser.close();
  await few.stop();
  await many.stop();
}
