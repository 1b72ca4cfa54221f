// usage: sdk1.mjs URL | sdk1.mjs PROGRAM URL
// The official TypeScript SDK as most clients have it: sessions over HTTP, or a program on its pipes.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { life } from "./life.mjs";

const [first, second] = process.argv.slice(2);
const transport = second
  ? new StdioClientTransport({ command: first, args: ["mcp", "--url", second], stderr: "inherit" })
  : new StreamableHTTPClientTransport(new URL(`${first}/mcp`));
const client = new Client({ name: "tests", version: "1" });
const updated = new Map();
client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
  updated.get(params.uri)?.();
});
await client.connect(transport);
const project = second ? "stdio" : "session";
await life(client, project);

// A resource that is watched tells of its change.
const uri = "swarm://tasks";
const told = new Promise((resolve) => updated.set(uri, resolve));
await client.subscribeResource({ uri });
await client.callTool({ name: "task__create", arguments: { text: "watched", project: "watched" } });
await told;

// A claim that waits says so, and one that is cancelled keeps nothing.
const worker = `worker-of-${project}`;
const claim = { name: "task__claim", arguments: { workerId: worker, project, waitMs: 6_000 } };
const progress = [];
const waited = await client.callTool(claim, undefined, { onprogress: (step) => progress.push(step) });
assert.equal(waited.structuredContent.claimed, false);
assert.ok(progress.length > 0, "nobody said that the claim waits");
const waiting = new AbortController();
const given = client.callTool({ ...claim, arguments: { ...claim.arguments, waitMs: 60_000 } }, undefined, {
  signal: waiting.signal,
});
waiting.abort();
await assert.rejects(given, /abort/i);
await client.callTool({ name: "task__create", arguments: { text: "after it", project } });
const after = await client.callTool({ ...claim, arguments: { ...claim.arguments, waitMs: 20_000 } });
assert.equal(after.structuredContent.task.text, "after it");
await client.close();
