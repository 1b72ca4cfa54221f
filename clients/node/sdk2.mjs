// usage: sdk2.mjs URL
// The official TypeScript SDK that speaks the protocol of 2026-07-28: no session, any server answers.
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { life } from "./life.mjs";

const [url] = process.argv.slice(2);
const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp?toolset=work,manage`));
const client = new Client({ name: "tests", version: "1" }, { versionNegotiation: { mode: "auto" } });
await client.connect(transport);
assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
assert.equal(transport.sessionId, undefined);
const names = (await client.listTools()).tools.map((tool) => tool.name);
assert.ok(names.includes("task__claim") && names.includes("queue__pause"), names);
assert.ok(!names.includes("system__flush"), names);
await life(client, "sessionless");
await client.close();
