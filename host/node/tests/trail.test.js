// Reading files and folders.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { verdicts } from 'sekisho';

import { temporaryFolder } from './built.js';
import { LOGIN, VERDICT, filterOf } from './support.js';

const UPLOAD = '{"eventSource":"s3.amazonaws.com"}';
const TRAIL = `{"Records":[${UPLOAD},${LOGIN}]}`;

function folderWith(files) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function collect(path, options) {
  const found = [];
  for await (const verdict of verdicts(path, { filter: filterOf(), ...options })) {
    found.push(verdict);
  }
  return found;
}

test('reads the files of a folder', async () => {
  const folder = folderWith({
    'a/trail.json.gz': gzipSync(TRAIL),
    'b/trail.json': TRAIL,
    'lines.jsonl': `${UPLOAD}\n${LOGIN}\n`,
    'other.txt': 'no JSON',
  });
  assert.deepEqual(await collect(folder), [VERDICT, VERDICT, VERDICT]);
  assert.deepEqual(await collect(join(folder, 'b/trail.json')), [VERDICT]);
});

test('reads files with byte order marks, and zeros after gzip', async () => {
  const folder = folderWith({
    'lines.jsonl': `\ufeff${LOGIN}\n\ufeff${UPLOAD}\n\ufeff${LOGIN}\n`,
    'trail.json': `\ufeff${TRAIL}`,
    'trail.json.gz': Buffer.concat([gzipSync(TRAIL), Buffer.alloc(512)]),
  });
  assert.deepEqual(await collect(folder), [VERDICT, VERDICT, VERDICT, VERDICT]);
});

test('reads a file that is larger than an input', async () => {
  const padding = `{"eventSource":"s3.amazonaws.com","a":"${'a'.repeat(9 * 1024 * 1024)}"}`;
  const folder = folderWith({
    'trail.json': `{"Records":[${padding},${LOGIN},${padding}]}`,
    'trail.jsonl': `${padding}\n${LOGIN}\n${padding}\n`,
  });
  assert.deepEqual(await collect(folder), [VERDICT, VERDICT]);
});

test('reports records with errors', async () => {
  const folder = folderWith({ 'bad.jsonl': `{"eventSource":\n${LOGIN}\n`, 'empty.json': '' });
  const errors = [];
  const onError = (error, file) => errors.push([error.code, file]);
  assert.deepEqual(await collect(folder, { onError }), [VERDICT]);
  assert.deepEqual(errors, [
    ['malformed', join(folder, 'bad.jsonl')],
    ['malformed', join(folder, 'empty.json')],
  ]);
  await assert.rejects(collect(folder), { code: 'malformed' });
});
