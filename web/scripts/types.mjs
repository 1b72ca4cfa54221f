// Writes src/api/schema.ts from the server's openapi.json; with --check, only compares.
// @ts-check

import { readFile, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../../openapi.json", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);
const header = "// Generated from openapi.json by `make generate`. Do not edit.\n\n";

/** @param {string} message */
function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

/** @param {URL} file */
async function read(file) {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} found @param {string} wanted */
function firstDifference(found, wanted) {
  const [a, b] = [found.split("\n"), wanted.split("\n")];
  const at = b.findIndex((line, index) => line !== a[index]);
  const line = at < 0 ? b.length : at;
  return `line ${line + 1}\n  committed: ${a[line] ?? "(end)"}\n  generated: ${b[line] ?? "(end)"}`;
}

const source = await read(document);
if (source === undefined) fail("openapi.json is missing: run `make generate` and commit it");

const ast = await openapiTS(JSON.parse(source ?? ""), {
  // A field with a default may be left out of a request.
  defaultNonNullable: false,
  // `import type { Task } from "./schema"`
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});
const wanted = header + astToString(ast);

if (process.argv.includes("--check")) {
  const found = await read(target);
  if (found === undefined) fail("web/src/api/schema.ts is missing: run `make generate` and commit it");
  else if (found !== wanted)
    fail(`web/src/api/schema.ts is out of date, first at ${firstDifference(found, wanted)}\nrun \`make generate\` and commit it`);
} else {
  await mkdir(dirname(fileURLToPath(target)), { recursive: true });
  await writeFile(target, wanted);
}
