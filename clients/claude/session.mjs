// usage: session.mjs PROGRAM [CLAUDE]
// A session of the real Claude Code, with a model that a test wrote, in a repository that
// `claudebench init` set up: its hooks run, a rule refuses a command, and a task goes its way by MCP.
// Then another, which `claudebench work` runs in a worktree.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { model } from "./model.mjs";

const program = resolve(process.argv[2]);
const own = fileURLToPath(new URL("node_modules/.bin/claude", import.meta.url));
const claude = resolve(process.argv[3] ?? own);
const root = mkdtempSync(join(tmpdir(), "claudebench-claude-"));
const [bin, home, repository] = ["bin", "home", "repository"].map((name) => {
  mkdirSync(join(root, name));
  return join(root, name);
});
symlinkSync(program, join(bin, "claudebench"));
symlinkSync(claude, join(bin, "claude"));
const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home };
const run = (name, ...args) => execFileSync(name, args, { cwd: repository, env, encoding: "utf8" });

const server = spawn(program, ["serve", "--json", "--listen", "127.0.0.1:0", "--data", join(root, "data")], {
  stdio: ["ignore", "pipe", "ignore"],
});
try {
  const [line] = await once(server.stdout, "data");
  const url = JSON.parse(line).urls[0];
  run("git", "init", "--quiet");
  run("claudebench", "init", "--yes", "--url", url);
  run("claudebench", "doctor", "--quick");
  run("claudebench", "task", "add", "Tidy up");

  // Every event is written down by a hook of somebody else's, beside ours.
  const settings = JSON.parse(readFileSync(join(repository, ".claude/settings.json"), "utf8"));
  const events = join(root, "events");
  for (const name of Object.keys(settings.hooks)) {
    const command = `echo ${name} >> ${events}`;
    settings.hooks[name].push({ hooks: [{ type: "command", command }] });
  }
  writeFileSync(join(repository, ".claude/settings.json"), JSON.stringify(settings, null, 2));

  const tool = (name) => `mcp__claudebench__${name}`;
  const read = (result) => JSON.parse(result.content.at(-1)?.text ?? result.content);
  let task;
  const { url: api, seen, close } = await model([
    () => ({ name: "Bash", input: { command: "ls; rm -rf /", description: "x" } }),
    () => ({ name: tool("system__register"), input: { id: "agent", roles: [] } }),
    () => ({ name: tool("task__claim"), input: { workerId: "agent" } }),
    (claimed) => {
      task = read(claimed).tasks[0];
      return { name: tool("task__complete"), input: { taskId: task.id, fence: task.lease.fence, result: { done: 1 } } };
    },
  ]);
  const allowed = ["--allowedTools", "Bash,mcp__claudebench", "--mcp-config", ".mcp.json"];
  const told = async (api, name, ...args) => {
    const session = spawn(name, args, {
      cwd: repository,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...env,
        ANTHROPIC_BASE_URL: api,
        ANTHROPIC_API_KEY: "none",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_AUTOUPDATER: "1",
        ENABLE_TOOL_SEARCH: "false",
      },
    });
    const timer = setTimeout(() => session.kill("SIGKILL"), 90_000);
    let said = "";
    session.stdout.on("data", (part) => (said += part));
    const [code] = await once(session, "close");
    clearTimeout(timer);
    assert.equal(code, 0, said);
    return said;
  };
  const said = await told(api, "claude", "-p", "Claim a task and do it", ...allowed);
  close();
  assert.match(said, /done/);

  const text = (result) => JSON.stringify(result?.content);
  assert.match(text(seen.results[0]), /rm-recursive-force/, "the rule refuses");
  assert.ok(seen.system.includes("Work through ClaudeBench"), "the agent is told how to work");
  assert.ok(seen.tools.includes(tool("task__claim")), seen.tools.join());
  assert.equal(seen.results.length, 4, text(seen.results));
  const ended = JSON.parse(run("claudebench", "task", "show", task.id, "--json"));
  assert.equal(ended.status, "completed", text(seen.results[3]));

  const fired = new Set(readFileSync(events, "utf8").trim().split("\n"));
  for (const name of ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionEnd"]) {
    assert.ok(fired.has(name), `${name} did not fire: ${[...fired]}`);
  }

  run("git", "add", "--all");
  run("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "Set up");
  run("claudebench", "task", "add", "Greet");
  const worker = await model([
    () => ({ name: "Bash", input: { command: "ls; rm -rf /", description: "x" } }),
    () => ({ name: "Bash", input: { command: "pwd; echo hello > greeting", description: "x" } }),
    () => "It is written.",
  ]);
  const work = ["work", "--agent", "claude", "--once", "--time-limit", "80s", "--", "--allowedTools", "Bash"];
  await told(worker.url, "claudebench", ...work);
  worker.close();
  assert.match(text(worker.seen.results[0]), /rm-recursive-force/, "its hooks run");
  const { tasks } = JSON.parse(run("claudebench", "task", "list", "--json"));
  const { status, result } = tasks.find((task) => task.text === "Greet");
  assert.equal(status, "completed");
  assert.equal(result.answer, "It is written.");
  assert.ok(text(worker.seen.results[1]).includes(result.worktree), text(worker.seen.results[1]));
  assert.equal(readFileSync(join(result.worktree, "greeting"), "utf8"), "hello\n");
  const sessions = run("claudebench", "session", "list", "--json");
  assert.ok(sessions.includes(result.sessionId), sessions);
  console.log(`${run("claude", "--version").trim()}: ${[...fired].sort().join(", ")}`);
} finally {
  server.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
