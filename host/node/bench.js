// Nanoseconds a record: `node bench.js ../../dist/sekisho-simd.wasm records.ndjson`.
import { readFileSync } from 'node:fs';
import { Filter } from 'sekisho';

const BATCH = 256;

const [module, file] = process.argv.slice(2);
const filter = new Filter(readFileSync(module));
const texts = readFileSync(file, 'utf8').trimEnd().split('\n');
const records = texts.map((text) => Buffer.from(text));

/** Batches of `BATCH` records, each joined by `join`. */
function batches(join) {
  const starts = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, number) => number * BATCH);
  return starts.map((start) => Buffer.concat(records.slice(start, start + BATCH).flatMap(join)));
}

const lines = batches((record) => [record, Buffer.from('\n')]);
const lengths = batches((record) => [Buffer.from(Uint32Array.of(record.length).buffer), record]);

const works = {
  'process, bytes': () => records.forEach((record) => filter.process(record)),
  'process, strings': () => texts.forEach((text) => filter.process(text)),
  'annotate, bytes': () => records.forEach((record) => filter.annotate(record)),
  'processBatch, lengths': () => lengths.forEach((batch) => filter.processBatch(batch, 'lengths')),
  'processBatch, lines': () => lines.forEach((batch) => filter.processBatch(batch, 'lines')),
};

/** The median of 31 runs, after some that let the engine compile. */
function nanosecondsOf(work) {
  const times = Array.from({ length: 41 }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start);
  });
  return times.slice(10).sort((a, b) => a - b)[15];
}

for (const [name, work] of Object.entries(works)) {
  console.log(name.padEnd(21), Math.round(nanosecondsOf(work) / records.length));
}
