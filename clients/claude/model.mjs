// A model that says what a test wants it to say: the interface of Anthropic, for one conversation.
import { createServer } from "node:http";
import { once } from "node:events";

// Each turn is a function of what the last tool answered: a tool to use ({ name, input }) or a text.
export async function model(turns) {
  const results = [];
  const seen = { results, system: "", tools: [] };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    if (!request.url.includes("/v1/messages") || request.url.includes("count_tokens")) {
      return response.setHeader("content-type", "application/json").end('{"input_tokens":1}');
    }
    const asked = JSON.parse(text);
    // Small questions on the side, such as a title, come without tools.
    const talks = asked.tools?.some(({ name }) => name === "Bash");
    let said = "done";
    if (talks) {
      seen.tools = asked.tools.map(({ name }) => name);
      seen.system = JSON.stringify([asked.system, asked.messages]);
      const last = asked.messages.at(-1).content;
      const answers = Array.isArray(last) ? last.filter(({ type }) => type === "tool_result") : [];
      results.push(...answers);
      said = turns[results.length]?.(results.at(-1)) ?? "done";
    }
    response.setHeader("content-type", "text/event-stream");
    for (const [event, data] of events(asked.model, said, results.length)) {
      response.write(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`);
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, seen, close: () => server.close() };
}

function* events(name, said, turn) {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: `msg_${turn}`, type: "message", role: "assistant", model: name, content: [], usage };
  const uses = typeof said !== "string";
  yield ["message_start", { message: { ...message, stop_reason: null, stop_sequence: null } }];
  if (uses) {
    const block = { type: "tool_use", id: `toolu_${turn}`, name: said.name, input: {} };
    yield ["content_block_start", { index: 0, content_block: block }];
    const delta = { type: "input_json_delta", partial_json: JSON.stringify(said.input) };
    yield ["content_block_delta", { index: 0, delta }];
  } else {
    yield ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }];
    yield ["content_block_delta", { index: 0, delta: { type: "text_delta", text: said } }];
  }
  yield ["content_block_stop", { index: 0 }];
  const stop_reason = uses ? "tool_use" : "end_turn";
  yield ["message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } }];
  yield ["message_stop", {}];
}
