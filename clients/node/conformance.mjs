// usage: conformance.mjs URL
// The public conformance suite. Its other server scenarios do not apply: each calls a tool, prompt or
// resource of a fixture by a name that the scenario prescribes (test_simple_text, test_image_content,
// test_simple_prompt, test://static-text, ...), or asks for logging or completions, which this
// server does not offer.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [url] = process.argv.slice(2);
const suite = fileURLToPath(new URL("./node_modules/.bin/conformance", import.meta.url));
for (const scenario of [
  "server-initialize",
  "ping",
  "tools-list",
  "server-sse-multiple-streams",
  "resources-list",
  "prompts-list",
  "dns-rebinding-protection",
]) {
  const args = [suite, "server", "--url", `${url}/mcp`, "--scenario", scenario];
  const ran = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 120_000 });
  assert.equal(ran.status, 0, `${scenario}: ${ran.stdout}${ran.stderr}`);
  console.log(`${scenario}: passed`);
}
