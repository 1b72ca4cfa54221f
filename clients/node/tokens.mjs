// usage: tokens.mjs URL
// What the default set of tools costs an agent: name, description and params of each, as they come
// into its context, counted by the tokenizer o200k_base.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { encode } from "gpt-tokenizer/encoding/o200k_base";

const [url] = process.argv.slice(2);
const client = new Client({ name: "tests", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
const { tools } = await client.listTools();
const shown = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
const tokens = encode(JSON.stringify(shown)).length;
console.log(`${tools.length} tools, ${tokens} tokens`);
assert.ok(tokens < 4_000, `${tokens} tokens`);
await client.close();
