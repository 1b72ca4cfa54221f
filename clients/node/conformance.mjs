// usage: conformance.mjs URL
// The public conformance suite. Its other 25 server scenarios do not apply:
// - Each of these calls a tool of a fixture by a name that it prescribes (test_simple_text and so on):
//   tools-call-simple-text, tools-call-image, tools-call-audio, tools-call-embedded-resource,
//   tools-call-mixed-content, tools-call-with-logging, tools-call-error, tools-call-with-progress,
//   tools-call-sampling, tools-call-elicitation, json-schema-2020-12, elicitation-sep1034-defaults,
//   elicitation-sep1330-enums, server-sse-polling.
// - So do these with a resource (test://static-text and so on): resources-read-text,
//   resources-read-binary, resources-templates-read, resources-subscribe, resources-unsubscribe.
// - And these with a prompt (test_simple_prompt and so on): prompts-get-simple, prompts-get-with-args,
//   prompts-get-embedded-resource, prompts-get-with-image, completion-complete.
// - The server does not offer logging (logging-set-level): the protocol has deprecated it.
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
