// What a reader may not do is not offered, and a session that is over ends at once.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, fromDist, test } from "./fixtures";
import type { Server } from "./server";

test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

async function logIn(page: Page, server: Server, key: string, path: string) {
  await fromDist(page);
  await page.goto(`${server.url}/ui${path}`);
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
}

const pages = (page: Page) => page.getByRole("navigation", { name: "Pages" }).getByRole("link");
const parts = (page: Page) => page.getByRole("navigation", { name: "Parts of the system" }).getByRole("link");

test("a reader sees no actions, and no parts that are not his", async ({ page, server }) => {
  await server.call("queue.pause", { project: "site", reason: "Release" });
  await server.call("config.set", { key: "todowrite.autocreate", value: true });
  const key = await server.makeKey("reader", ["tasks:read", "system:read"]);
  await logIn(page, server, key, "/system");
  await expect(page.getByText("All is well")).toBeVisible();
  await expect(parts(page)).toHaveText(["Health", "Pauses", "Shared values", "Documentation"]);

  await parts(page).filter({ hasText: "Pauses" }).click();
  await expect(page.getByText("Project site")).toBeVisible();
  await expect(page.getByRole("button", { name: /Resume|New pause/ })).toHaveCount(0);

  await parts(page).filter({ hasText: "Shared values" }).click();
  const words = page.getByLabel(/^(Key|Find a value)$/);
  await words.fill("todowrite.autocreate");
  await expect(page.getByRole("row", { name: /todowrite/ })).toContainText("true");
  await expect(page.getByRole("button", { name: /^(Change |New value)/ })).toHaveCount(0);

  for (const tab of ["keys", "settings"]) {
    await page.goto(`${server.url}/ui/system?tab=${tab}`);
    await expect(page.getByText("All is well")).toBeVisible();
    await expect(page.getByRole("button", { name: /New key|Revoke/ })).toHaveCount(0);
  }
  await page.goto(`${server.url}/ui/metrics`);
  await expect(page.getByRole("heading", { name: "How many servers" })).toBeVisible();
  await expectAccessible(page);
});

test("the server refuses a reader, too", async ({ page, server }) => {
  const key = await server.makeKey("reader", ["tasks:read", "system:read"]);
  await logIn(page, server, key, "/system");
  const said = await page.evaluate(async () => {
    const { csrfToken } = (await (await fetch("/auth/session")).json()) as { csrfToken: string };
    const headers = { "content-type": "application/json", "x-csrf-token": csrfToken };
    const calls = [
      ["queue.pause", { all: true }],
      ["config.set", { key: "a", value: 1 }],
      ["key.create", { name: "b", scopes: ["admin"] }],
      ["key.list", {}],
    ].map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    return (await fetch("/rpc", { method: "POST", headers, body: JSON.stringify(calls) })).json() as Promise<{ error?: { data?: { code?: string } } }[]>;
  });
  expect(said.map(({ error }) => error?.data?.code)).toEqual(["forbidden", "forbidden", "forbidden", "forbidden"]);
});

test("pages that one may not see are not named, and whoever may see tasks alone has no metrics of the system", async ({ page, server }) => {
  await logIn(page, server, await server.makeKey("tasks", ["tasks:read"]), "/board");
  await expect(pages(page)).toHaveText(["Board", "Projects", "Events"]);
});

test("who reads the system alone sees no figures of tasks", async ({ page, server }) => {
  await logIn(page, server, await server.makeKey("system", ["system:read"]), "/metrics");
  await expect(pages(page)).toHaveText(["Workers", "Hooks", "Metrics", "System"]);
  await expect(page.getByRole("heading", { name: "How many servers" })).toBeVisible();
  await expect(page.getByText("Throughput")).toHaveCount(0);
  await page.goto(`${server.url}/ui/system`);
  await expect(parts(page)).toHaveText(["Health", "Shared values", "Documentation"]);
});

test("a session whose key is revoked shows the login page by itself", async ({ page, server }) => {
  const key = await server.makeKey("guest", ["tasks:read", "system:read"]);
  await logIn(page, server, key, "/system");
  await expect(page.getByText("All is well")).toBeVisible();
  await server.call("key.revoke", { id: key.split("_")[1] });
  await expect(page.getByLabel("API key")).toBeVisible();
  await expect(page.getByText("All is well")).toBeHidden();
});

test("whoever revokes his own key is logged out", async ({ page, server }) => {
  const key = await server.makeKey("ada", ["admin"]);
  await logIn(page, server, key, "/system?tab=keys");
  await page.getByRole("button", { name: "Revoke ada" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByLabel("API key")).toBeVisible();
});

test("no token is in the address or in what the browser keeps for scripts", async ({ page, server }) => {
  const key = await server.makeKey("ada", ["admin"]);
  await logIn(page, server, key, "/system?tab=keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("made here");
  await page.getByRole("button", { name: "Make the key" }).click();
  const made = await page.getByRole("textbox", { name: "The key" }).inputValue();
  const { csrfToken } = await page.evaluate(async () => (await (await fetch("/auth/session")).json()) as { csrfToken: string });
  for (const path of ["/metrics", "/system"]) {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state]));
    for (const secret of [key.split("_")[2], made.split("_")[2], csrfToken]) {
      expect(secret).toBeTruthy();
      expect(kept).not.toContain(secret);
    }
    const cookies = await page.context().cookies();
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true);
    await page.goto(`${server.url}/ui${path}`);
    await expect(page.locator("[data-freshness=live]")).toBeVisible();
    expect(await page.content()).not.toContain(made);
  }
});
