// Hooks: what the rules said of tool calls, and what sessions did.

import type { Page } from "@playwright/test";

import { expect, expectAccessible, expectFits, fromDist, test } from "./fixtures";
import type { Server } from "./server";

const RULES = `
[[hook.rule]]
name = "no-push"
tools = ["Bash"]
when = { command = "git", arguments = "push" }
action = "ask"
message = "A person looks at what is pushed."
`;

const calls = (page: Page) => page.getByRole("list", { name: "Tool calls" });
const at = { sessionId: "1f0c9a52-77aa-4f0e-9c1b-0a1b2c3d4e5f", instanceId: "ada-laptop" };

const tool = (server: Server, name: string, params: unknown, more: Record<string, unknown> = {}) => server.call("hook.pre_tool", { ...at, tool: name, params, ...more });

async function session(server: Server, prompt: string) {
  await server.call("session.start", { ...at, projectDir: "/srv/site", source: "startup" });
  await server.call("hook.user_prompt", { ...at, prompt, context: {} });
  await server.call("hook.todo_write", { ...at, todos: [{ content: "Find out why", status: "in_progress" }, { content: "Mend it", status: "pending" }] });
  await tool(server, "Read", { file_path: "/srv/site/login.tsx" });
  await tool(server, "Bash", { command: "rm -rf /" });
  await server.call("hook.post_tool", { ...at, tool: "Bash", params: { command: "npm test" }, result: { stderr: "1 failed" }, success: false });
  await server.call("git.auto_commit.notify", {
    ...at,
    commitHash: "9c1e4f2a0b7d",
    branch: "fix-login",
    files: ["src/login.tsx"],
    diff: "+safe(next)",
    taskContext: { taskIds: [], toolUsed: "Edit", timestamp: Date.now() },
    commitMessage: "{}",
    stats: { additions: 14, deletions: 3, filesChanged: 1 },
  });
  await server.call("hook.notification", { ...at, message: "Claude needs your permission", type: "warning", timestamp: Date.now() });
  await server.call("hook.todo_write", { ...at, todos: [{ content: "Find out why", status: "completed" }, { content: "Mend it", status: "in_progress" }] });
}

test("each call shows what was decided, by which rule, at once", async ({ page, open, server }) => {
  await server.call("config.set", { key: "hook.rules", value: RULES });
  await tool(server, "Read", { file_path: "/srv/site/login.tsx" });
  await open("/hooks");
  await expect(calls(page).getByRole("listitem")).toHaveCount(1);
  await tool(server, "Bash", { command: "git push origin HEAD" });
  const push = calls(page).getByRole("listitem").filter({ hasText: "git push origin HEAD" });
  await expect(push).toContainText("Asked");
  await expect(push).toContainText("no-push");
  await tool(server, "Bash", { command: "ls; rm -rf /" });
  const decisions = page.getByRole("group", { name: "Decision" });
  await expect(decisions.getByRole("button", { name: "Denied 1" })).toBeVisible();
  await expect(decisions.getByRole("button", { name: "All 3" })).toBeVisible();
  await expectAccessible(page);
  await decisions.getByRole("button", { name: "Denied 1" }).click();
  await expect(page).toHaveURL(/decision=deny/);
  await expect(calls(page).getByRole("listitem")).toHaveCount(1);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const detail = page.getByRole("complementary", { name: "Tool call" });
  await expect(detail).toContainText("rm with -r and -f removes for good");
  await expect(detail).toContainText("comes with ClaudeBench");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(detail).toBeHidden();
});

test("calls are filtered by tool, rule and session, by the address", async ({ page, open, server }) => {
  await tool(server, "Read", { file_path: "/srv/site/login.tsx" });
  await tool(server, "Bash", { command: "rm -rf /" });
  await tool(server, "Bash", { command: "ls" }, { sessionId: "another" });
  await open("/hooks");
  await expect(calls(page).getByRole("listitem")).toHaveCount(3);
  await page.getByLabel("Tool", { exact: true }).selectOption("Bash");
  await expect(calls(page).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("complementary", { name: "Counts" }).getByRole("button", { name: /rm-recursive-force/ }).click();
  await expect(page).toHaveURL(/rule=rm-recursive-force/);
  await expect(calls(page).getByRole("listitem")).toHaveCount(1);
  await page.reload();
  await expect(calls(page).getByRole("listitem")).toHaveCount(1);
  await open("/hooks?view=calls&session=another");
  await expect(calls(page).getByRole("listitem")).toHaveCount(1);
  await expect(calls(page)).toContainText("ls");
  await page.getByRole("button", { name: "Drop the filter session" }).click();
  await expect(calls(page).getByRole("listitem")).toHaveCount(3);
});

test("the rules in force are shown, and follow when they change", async ({ page, open, server }) => {
  await open("/hooks?view=rules");
  await expect(page.getByText("The tenant has no rules of its own")).toBeVisible();
  await server.call("config.set", { key: "hook.rules", value: RULES });
  const rule = page.getByRole("list", { name: "Rules" }).getByRole("listitem").filter({ hasText: "no-push" });
  await expect(rule).toContainText("Ask");
  await expect(rule).toContainText("A person looks at what is pushed.");
  await expect(rule).toContainText('{ command = "git", arguments = "push" }');
  await expectAccessible(page);
});

test("a session's story, from prompt to commit", async ({ page, open, server }) => {
  await session(server, "Login does not redirect. <img src=x onerror=alert(1)> Mend it.");
  await open("/hooks?view=sessions");
  const listed = page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
  await expect(listed).toContainText("1 of 2 done");
  await expect(listed).toContainText("/srv/site");
  await expectAccessible(page);
  await listed.getByRole("link", { name: /Login does not redirect/ }).click();
  const story = page.getByRole("list", { name: "Story" });
  await expect(story).toContainText("<img src=x onerror=alert(1)>");
  await expect(story).toContainText("Find out why");
  await expect(story).toContainText("rm with -r and -f removes for good");
  await expect(story).toContainText("npm testfailed");
  await expect(story).toContainText("Committed 1 file on fix-login as 9c1e4f2");
  await expect(story).toContainText("Claude needs your permission");
  await expect(page.getByRole("link", { name: "Find out why" }).first()).toHaveAttribute("href", /\/ui\/tasks\/t-/);
  await expectAccessible(page);
  // It goes on while it is read.
  await server.call("hook.user_prompt", { ...at, prompt: "And the logout page", context: {} });
  await expect(story.getByRole("button", { name: "And the logout page" })).toBeVisible();
  await story.getByRole("button", { name: /Bash/ }).first().click();
  await expect(page.getByRole("complementary", { name: "Tool call" })).toContainText("rm-recursive-force");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Its tool calls" }).click();
  await expect(calls(page).getByRole("listitem")).toHaveCount(2);
});

test("of a session that nobody knows, that is said", async ({ page, open }) => {
  await open("/hooks?session=nobody");
  await expect(page.getByText("Nothing is known of this session")).toBeVisible();
});

test("on a phone, in both themes", async ({ page, open, server }) => {
  await server.call("config.set", { key: "hook.rules", value: RULES });
  await session(server, "Login does not redirect ".repeat(30));
  await tool(server, "Bash", { command: "x".repeat(2_000) });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of ["/hooks", "/hooks?view=sessions", "/hooks?view=rules", `/hooks?session=${at.sessionId}`]) {
      await open(path);
      await expect(page.getByText(/Bash|Login does not redirect|no-push/).filter({ visible: true }).first()).toBeVisible();
      await expectFits(page);
      await expectAccessible(page);
    }
  }
});

test.describe("with keys", () => {
  test.use({ settings: { CLAUDEBENCH_AUTH_REQUIRED: "always" } });

  test("who may not read the configuration sees no rules", async ({ page, server }) => {
    await tool(server, "Bash", { command: "ls" });
    const key = await server.makeKey("bob", ["tasks:read"]);
    await fromDist(page);
    await page.goto(`${server.url}/ui/hooks`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(calls(page).getByRole("listitem")).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Rules" })).toHaveCount(0);
  });
});
