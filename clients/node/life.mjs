// What an agent does from its first word to a finished task, by the official TypeScript SDK.
import assert from "node:assert/strict";

/// Works on tasks of a project that has none: makes them, claims them, reports on them.
export async function life(client, project) {
  const call = (name, args, options) => client.callTool({ name, arguments: args }, undefined, options);
  const worker = `worker-of-${project}`;
  assert.equal((await call("system__register", { id: worker, roles: [] })).structuredContent.registered, true);

  for (const text of ["first", "second", "third"]) {
    const made = await call("task__create", { text, project });
    assert.equal(made.structuredContent.status, "pending");
    assert.deepEqual(JSON.parse(made.content[0].text), made.structuredContent, "the text says the same");
  }
  for (const text of ["first", "second", "third"]) {
    const claimed = (await call("task__claim", { workerId: worker, project })).structuredContent;
    const { id, lease } = claimed.task;
    assert.equal(claimed.task.text, text, "oldest first");
    const stale = await call("task__complete", { id, workerId: worker, fence: lease.fence + 1 });
    assert.equal(stale.isError, true);
    assert.match(stale.content[0].text, /Stop working on it.*stale_fence/s);
    const beat = await call("task__heartbeat", { id, workerId: worker, fence: lease.fence, progress: 0.5 });
    assert.notEqual(beat.isError, true, JSON.stringify(beat));
    const done = await call("task__complete", { id, workerId: worker, fence: lease.fence, result: { text } });
    assert.equal(done.structuredContent.status, "completed");
    const shown = await client.readResource({ uri: `task://view/${id}` });
    assert.deepEqual(JSON.parse(shown.contents[0].text).attachments.result.value, { text });
  }
  assert.equal((await call("task__claim", { workerId: worker, project })).structuredContent.claimed, false);

  const wrong = await call("task__create", { text: "" });
  assert.equal(wrong.isError, true);
  assert.match(wrong.content[0].text, /invalid_params/);
  const uris = (await client.listResources()).resources.map((resource) => resource.uri);
  assert.ok(uris.includes("swarm://tasks/pending"), uris);
  const conflicts = await client.readResource({ uri: "swarm://conflicts" });
  assert.ok(Array.isArray(JSON.parse(conflicts.contents[0].text).pendingConflicts));
  const ref = { type: "ref/resource", uri: "task://view/{taskId}" };
  const ids = await client.complete({ ref, argument: { name: "taskId", value: "t-" } });
  assert.ok(ids.completion.values.length >= 3, JSON.stringify(ids));
  const welcome = await client.readResource({ uri: "claudebench://welcome" });
  assert.match(welcome.contents[0].text, /task__claim/);
  assert.equal((await client.listPrompts()).prompts.length, 3);
  const prompt = await client.getPrompt({ name: "decompose-task", arguments: { task: "build it" } });
  assert.match(prompt.messages[0].content.text, /build it/);
  await assert.rejects(call("no__such", {}), /Unknown tool/);
  await assert.rejects(call("system__flush", { confirm: "x" }), /admin/, "it was not asked for");
}
