// usage: inspector.mjs URL
// The MCP Inspector's command line.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [url] = process.argv.slice(2);
const inspector = fileURLToPath(new URL("./node_modules/.bin/mcp-inspector", import.meta.url));
function inspect(...asked) {
  const args = [inspector, "--cli", `${url}/mcp`, "--transport", "http", ...asked];
  const ran = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 120_000 });
  assert.equal(ran.status, 0, `${asked}: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout);
}
const { tools } = inspect("--method", "tools/list");
assert.ok(tools.some((tool) => tool.name === "task__claim" && tool.outputSchema));
const made = inspect("--method", "tools/call", "--tool-name", "task__create", "--tool-arg", "text=inspected");
assert.equal(made.structuredContent.text, "inspected");
const { resources } = inspect("--method", "resources/list");
assert.ok(resources.some((resource) => resource.uri === "swarm://tasks"));
