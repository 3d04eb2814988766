// Shared by the tests: the builds of the module, and the rows of `tests/cases`.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Filter } from 'sekisho';

const root = new URL('../../../', import.meta.url);
/** The folder of the builds. */
export const DIST = process.env.SEKISHO_DIST ?? fileURLToPath(new URL('dist', root));

/** The builds of the module, as `cargo xtask dist` writes them. */
export const BUILDS = ['sekisho.wasm', 'sekisho-simd.wasm'];

/** The record of ABI.md, and its verdict. */
export const LOGIN =
  '{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},' +
  '"responseElements":{"ConsoleLogin":"Failure"}}';
export const VERDICT = {
  kind: 'console_login',
  outcome: 'failure',
  reason: 'bad_password',
  principal: 'root',
  mfa: 'unknown',
  user_exists: 'yes',
};

export function bytesOf(build) {
  return readFileSync(`${DIST}/${build}`);
}

export function filterOf(build = BUILDS[1]) {
  return new Filter(bytesOf(build));
}

/** A filter of `host/python/tests/faulty.wat`, compiled. */
export function faulty() {
  return new Filter(readFileSync(new URL('faulty.wasm', import.meta.url)));
}

/** The rows, each with its input and its annotated input. */
export function rows() {
  return lines('tests/cases/').map(({ row, source }) => {
    const input = inputOf(row, source);
    return { ...row, input, annotated: row.verdict ? withVerdict(input, row.verdict) : input };
  });
}

/** The input with a verdict as its last field. */
function withVerdict(input, verdict) {
  const end = input.lastIndexOf('}');
  const field = Buffer.from(`,"signin":${JSON.stringify(verdict)}`);
  return Buffer.concat([input.subarray(0, end), field, input.subarray(end)]);
}

/** The rows of inputs with JSON in base64. */
export function encoded() {
  return lines('tests/cases/encoded/').map(({ row }) => row);
}

export function sequences() {
  return lines('tests/cases/sequences/').map(({ row }) => row);
}

function lines(folder) {
  const path = new URL(folder, root);
  const files = readdirSync(path).filter((name) => name.endsWith('.jsonl'));
  const sources = files.flatMap((file) =>
    readFileSync(new URL(file, path), 'utf8').trimEnd().split('\n'),
  );
  return sources.map((source) => ({ row: JSON.parse(source), source }));
}

function inputOf(row, source) {
  if ('text' in row) return Buffer.from(row.text);
  if ('base64' in row) return Buffer.from(row.base64, 'base64');
  // The original bytes of the record: between its key and that of the expectation.
  const from = source.indexOf('"record":') + '"record":'.length;
  const to = Math.max(source.lastIndexOf(',"verdict":'), source.lastIndexOf(',"error":'));
  const text = source.slice(from, to);
  assert.deepEqual(JSON.parse(text), row.record, row.name);
  return Buffer.from(text);
}

/** Concatenates records, each preceded by its length. */
export function framed(records) {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(record.length);
      return [length, record];
    }),
  );
}
