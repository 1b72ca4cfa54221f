// What agents write is shown, and nothing of it runs: whatever it is, and wherever it stands.

import type { Page } from "@playwright/test";

import { expect, expectFits, test } from "./fixtures";
import { ADDRESSES, JSON_TEXT, MARKDOWN, MONSTERS, TEXTS } from "./hostile.corpus";
import type { Server } from "./server";

interface Guard {
  /** Fails if anything ran, was asked for elsewhere, or could be pressed that should not be. */
  check: (page: Page) => Promise<void>;
}

/** Watches a page from before it begins. */
async function guard(page: Page, server: Server): Promise<Guard> {
  const wrong: string[] = [];
  const own = new URL(server.url).host;
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => wrong.push(`a window: ${popup.url()}`));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (!["data:", "blob:"].includes(to.protocol) && to.host !== own) wrong.push(`a request: ${request.url()}`);
  });
  page.on("framenavigated", (frame) => {
    if (frame.parentFrame() !== null || new URL(frame.url()).host !== own) wrong.push(`a frame: ${frame.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      (window as unknown as { refused: string[] }).refused ??= [];
      (window as unknown as { refused: string[] }).refused.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return {
    check: async (at) => {
      const found = await at.evaluate(() => {
        const said: string[] = [];
        const frame = window as unknown as { pwned?: unknown; refused?: string[] };
        if (frame.pwned !== undefined) said.push("a script ran");
        said.push(...(frame.refused ?? []).map((one) => `refused by the policy: ${one}`));
        if ((({}) as { polluted?: unknown }).polluted !== undefined) said.push("Object.prototype was changed");
        const all = [...document.querySelectorAll("*")];
        const dangerous = "iframe, frame, object, embed, applet, base, form[action], math, video, audio, picture, #root style, #root script, #root link, #root meta, svg foreignObject, svg script, svg image, svg use";
        for (const one of document.querySelectorAll(dangerous)) said.push(`an element: ${one.tagName} ${one.textContent?.slice(0, 100) ?? ""}`);
        for (const one of all) {
          for (const { name, value } of one.attributes) {
            if (/^on/i.test(name)) said.push(`a handler: ${name}=${value.slice(0, 100)}`);
            if (/^(href|xlink:href|src|srcset|action|formaction|poster|data|background|ping)$/i.test(name)) {
              const to = new URL(value, document.baseURI);
              const image = one.tagName === "IMG" && /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(value);
              const inside = to.origin === location.origin && (to.pathname.startsWith("/ui/") || value.startsWith("#"));
              const outside = one.tagName === "A" && /^https?:$/.test(to.protocol) && one.getAttribute("rel") === "noreferrer noopener nofollow" && one.getAttribute("target") === "_blank" && to.username === "";
              const credit = to.host === "reactflow.dev";
              if (!image && !inside && !outside && !credit) said.push(`an address: ${one.tagName} ${name}=${value.slice(0, 100)}`);
            }
            if (name === "style" && /url\(|expression|@import|position:\s*fixed/i.test(value) && one.closest("[role=tooltip], [data-radix-popper-content-wrapper]") === null) said.push(`a style: ${value.slice(0, 100)}`);
          }
        }
        const text = document.querySelector("main")?.textContent ?? "";
        if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069]/.test(text)) said.push("a character that hides what is written");
        return said;
      });
      expect([...wrong, ...found]).toEqual([]);
    },
  };
}

test("what watches over the page notices what is dangerous", async ({ page, open, server }) => {
  const watch = await guard(page, server);
  await open("/board");
  await watch.check(page);
  const put = (tag: string, name: string, value: string) =>
    page.evaluate(
      ([tag, name, value]) => {
        const one = document.createElement(tag);
        one.setAttribute(name, value);
        one.id = "put";
        document.getElementById("put")?.remove();
        document.querySelector("main")?.append(one);
      },
      [tag, name, value] as const,
    );
  for (const [tag, name, value] of [
    ["a", "href", "javascript:void 0"],
    ["a", "href", "data:text/html,x"],
    ["a", "href", "https://evil.example"],
    ["img", "src", "data:image/svg+xml;base64,AAAA"],
    // No browser knows it: one that it knows the policy refuses before it is looked for.
    ["p", "onnothing", "x"],
    ["form", "action", "/x"],
  ] as const) {
    await put(tag, name, value);
    await expect(watch.check(page), `${tag} ${name}=${value}`).rejects.toThrow();
  }
  await put("p", "title", "nothing");
  await watch.check(page);
});

/** The page does what it did before. */
async function expectAlive(page: Page) {
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
}

const short = (text: string) => text.slice(0, 190);

test("as the text of tasks, their project, tags, roles and workers", async ({ page, open, server }) => {
  test.slow();
  const watch = await guard(page, server);
  const ids: string[] = [];
  for (const [place, text] of TEXTS.entries()) {
    const more = { project: place % 2 === 0 ? "hostile" : short(text), tags: [short(text)], roles: [short(text)], metadata: { [text]: text }, uniqueKey: `${place} ${short(text)}`, priority: place };
    ids.push(await server.task(text, more));
  }
  for (const id of ids) {
    await open(`/tasks/${id}`);
    await expect(page.getByRole("list", { name: "What happened" })).toBeVisible();
    await page.getByRole("button", { name: /The event .* as it is/ }).first().click();
    await expect(page.getByRole("list", { name: "What happened" }).locator("[data-json]")).toBeVisible();
    await watch.check(page);
  }
  await expectAlive(page);
});

test("as notes, checkpoints, errors, reasons and results", async ({ page, open, server }) => {
  test.slow();
  const watch = await guard(page, server);
  const all = TEXTS.join("\n");
  for (const [place, text] of [...TEXTS.slice(0, 6), JSON_TEXT, all].entries()) {
    const worker = short(text.replace(/[\u0000-\u001f]/g, " ").trim()) || "w";
    const id = await server.task(`Task ${place}`, { maxAttempts: 5, backoff: { baseMs: 0 } });
    await server.call("system.register", { id: worker, roles: [text.slice(0, 100)] });
    const claim = async () => (await server.call<{ tasks: { lease: { fence: number } }[] }>("task.claim", { workerId: worker, taskId: id })).tasks[0]?.lease.fence;
    const fence = await claim();
    await server.call("task.heartbeat", { id, workerId: worker, fence, progress: 0.5, note: text.slice(0, 400), checkpoint: { [text]: JSON.parse(JSON_TEXT) as unknown, text } });
    await open(`/tasks/${id}`);
    await expect(page.getByText("What its worker says")).toBeVisible();
    await watch.check(page);
    await server.call("task.fail", { id, workerId: worker, fence, error: text, retryAfterMs: 0 });
    const again = await claim();
    await server.call("task.complete", { id, workerId: worker, fence: again, result: place % 2 === 0 ? text : { [text]: text, list: TEXTS } });
    await expect(page.getByRole("heading", { name: "Result" })).toBeVisible();
    await watch.check(page);
    const failed = await server.task(`Failed ${place}`);
    await server.call("task.update", { id: failed, updates: { status: "in_progress" } });
    await server.call("task.fail", { id: failed, error: all, retryable: false });
    const gone = await server.task(`Gone ${place}`);
    await server.call("task.cancel", { id: gone, reason: text.slice(0, 400) });
    for (const one of [failed, gone]) {
      await open(`/tasks/${one}`);
      await expect(page.getByRole("list", { name: "What happened" })).toBeVisible();
      await watch.check(page);
    }
  }
  await expectAlive(page);
});

/** Opens all attachments of a page, and waits until they are laid out. */
async function openAll(page: Page) {
  const list = page.locator("section").filter({ has: page.getByRole("heading", { name: "Attachments", exact: true }) });
  await expect(list).toBeVisible();
  const buttons = list.locator("ul > li > button[aria-expanded]");
  // What is opened may have more to open: that comes next.
  for (let place = 0; place < (await buttons.count()); place += 1) {
    const one = buttons.nth(place);
    if ((await one.getAttribute("aria-expanded")) === "false") await one.click();
    // Pressed again before it is open, it would be closed.
    await expect(one).toHaveAttribute("aria-expanded", "true");
  }
  await expect(list.locator(".animate-pulse")).toHaveCount(0, { timeout: 30_000 });
  return list;
}

test("as Markdown", async ({ page, open, server }) => {
  test.slow();
  const watch = await guard(page, server);
  const id = await server.task("Markdown");
  const parts = Array.from({ length: Math.ceil(MARKDOWN.length / 15) }, (_, place) => MARKDOWN.slice(place * 15, place * 15 + 15));
  for (const [place, some] of parts.entries()) await server.call("task.create_attachment", { taskId: id, key: `${place}.md`, type: "markdown", content: some.join("\n\n") });
  await open(`/tasks/${id}`);
  const list = await openAll(page);
  await expect(list.locator("[data-markdown]")).toHaveCount(parts.length);
  await watch.check(page);
  // Every link is one that says where it leads, and can be left alone.
  for (const href of await list.locator("[data-markdown] a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) expect(href).toMatch(/^https?:\/\/[a-z]/);
  await expectAlive(page);
});

test("as links, images, JSON and references", async ({ page, open, server }) => {
  test.slow();
  const watch = await guard(page, server);
  for (const part of [ADDRESSES.slice(0, 10), ADDRESSES.slice(10)]) {
    const id = await server.task("Attachments");
    let taken = 0;
    for (const [place, url] of part.entries()) {
      for (const [key, more] of [
        [`link ${place}`, { type: "url" }],
        [`<img src=x onerror=pwned=1> ${place}`, { type: "binary", mimeType: "<b>image/svg+xml</b>" }],
      ] as const) {
        // What is no URL at all the server does not take.
        await server.call("task.create_attachment", { taskId: id, key, url, ...more }).then(
          () => (taken += 1),
          (error: Error) => expect(error.message).toContain("expected a URL"),
        );
      }
    }
    expect(taken).toBeGreaterThan(5);
    await open(`/tasks/${id}`);
    const list = await openAll(page);
    await expect(list.locator("a[href]")).toHaveCount(0);
    await watch.check(page);
  }
  const id = await server.task("JSON");
  await server.call("task.create_attachment", { taskId: id, key: "value", type: "json", value: TEXTS });
  await server.call("task.create_attachment", { taskId: id, key: "keys.json", type: "text", content: JSON_TEXT });
  await server.call("task.create_attachment", { taskId: id, key: "__proto__", type: "json", value: Object.fromEntries(TEXTS.map((text) => [text, text])) });
  await server.call("task.create_attachment", { taskId: id, key: "constructor", type: "text", content: TEXTS.join("\n") });
  await open(`/tasks/${id}?attachment=__proto__`);
  const list = await openAll(page);
  await expect(list).toContainText("polluted");
  await watch.check(page);
  await open("/tasks/%3Cscript%3Ewindow.pwned=1%3C%2Fscript%3E?attachment=%3Cimg%20src=x%20onerror=window.pwned=1%3E");
  await expect(page.getByText(/There is no task/)).toBeVisible();
  await watch.check(page);
});

test("as what is too large, too deep or too wide", async ({ page, open, server }) => {
  test.setTimeout(240_000);
  const watch = await guard(page, server);
  for (const [key, one] of Object.entries(MONSTERS)) {
    await test.step(key, async () => {
      const id = await server.task(key);
      await server.call("task.create_attachment", { taskId: id, key, ...one });
      await open(`/tasks/${id}`);
      await openAll(page);
      await watch.check(page);
      // No more is drawn than anybody reads.
      expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(30_000);
      await expectAlive(page);
    });
  }
  let deep: unknown = "the bottom";
  for (let depth = 0; depth < 55; depth += 1) deep = { [`level ${depth}`]: deep };
  const id = await server.task("Deep");
  await server.call("task.create_attachment", { taskId: id, key: "deep", type: "json", value: deep });
  await open(`/tasks/${id}`);
  const list = await openAll(page);
  const closed = list.locator("[data-json] button[aria-expanded=false]");
  for (let left = await closed.count(); left > 0; left = await closed.count()) await closed.first().click();
  await expect(list).toContainText("the bottom");
  await page.setViewportSize({ width: 390, height: 800 });
  await expectFits(page);
});

test("in a project's graph, timeline and pauses", async ({ page, open, server }) => {
  const watch = await guard(page, server);
  const name = "<img src=x onerror=window.pwned=1>";
  const { tasks } = await server.call<{ tasks: { id: string }[] }>("task.create_many", {
    tasks: TEXTS.map((text, place) => ({ key: `k${place}`, text, project: name, ...(place === 0 ? {} : { dependsOn: [`k${Math.floor((place - 1) / 2)}`] }) })),
  });
  const worker = "<svg onload=window.pwned=1>";
  await server.call("system.register", { id: worker, roles: [] });
  await server.call("task.claim", { workerId: worker, taskId: tasks[0]?.id });
  await server.call("queue.pause", { project: name, reason: `<script>window.pwned=1</script>${TEXTS[22] ?? ""}` });
  await open(`/projects/${encodeURIComponent(name)}?task=${tasks[0]?.id ?? ""}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.locator("[data-node]")).toHaveCount(TEXTS.length);
  await watch.check(page);
  await page.getByRole("button", { name: "Timeline" }).click();
  await page.getByRole("button", { name: "By task" }).click();
  const rows = page.getByRole("list", { name: "What ran when" });
  // Those of the workers have gone.
  await expect(rows.getByRole("listitem").nth(1)).toBeVisible();
  await rows.getByRole("link").first().focus();
  await expect(page.getByRole("tooltip")).toBeVisible();
  await watch.check(page);
  await expectAlive(page);
});
