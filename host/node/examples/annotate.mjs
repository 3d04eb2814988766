// Reads records, one a line, and writes each one, sign-ins with their verdict.
import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Filter } from 'sekisho';

const filter = new Filter(readFileSync('sekisho-simd.wasm'));
const LINE_FEED = 10;

/** Lines as bytes, with their line feeds: a line decoded and encoded again could be another one. */
async function* lines(chunks) {
  let open = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end; (end = chunk.indexOf(LINE_FEED, from) + 1) > 0; from = end) {
      yield Buffer.concat([...open, chunk.subarray(from, end)]);
      open = [];
    }
    open.push(chunk.subarray(from));
  }
  yield Buffer.concat(open);
}

async function* annotated(records) {
  for await (const record of records) if (record.length > 0) yield filter.annotate(record);
}

await pipeline(process.stdin, lines, annotated, process.stdout);
console.error('without an answer:', filter.errors);
