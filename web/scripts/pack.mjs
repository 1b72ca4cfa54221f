// Packs the built files, once, as hard as it goes: the server sends them as they are.
// @ts-check

import { readFile, readdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = new URL("../dist/files/", import.meta.url);
const [toBrotli, toGzip] = [promisify(brotliCompress), promisify(gzip)];

const found = await readdir(root, { recursive: true, withFileTypes: true });
await Promise.all(
  found
    .filter((entry) => entry.isFile() && /\.(html|js|css|svg|json)$/.test(entry.name))
    .map(async (entry) => {
      const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
      const bytes = await readFile(path);
      if (bytes.length < 500) return;
      const packed = await toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
      await writeFile(`${path}.br`, packed);
      await writeFile(`${path}.gz`, await toGzip(bytes, { level: 9 }));
    }),
);
