// Reads NDJSON records and writes them back, sign-ins with their verdict.
import { pipeline } from 'node:stream/promises';
import { load } from 'sekisho';

const filter = await load();
const LINE_FEED = 10;

/** Splits bytes into lines; decoding and encoding could change a line. */
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
console.error('errors:', filter.errors);
