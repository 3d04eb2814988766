// JSON in base64, with and without gzip.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { decode, verdicts } from 'sekisho';

import { temporaryFolder } from './built.js';
import { LOGIN, VERDICT, encoded, filterOf } from './support.js';

async function classified(name, content) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const found = [];
  for await (const verdict of verdicts(path, { filter: filterOf() })) found.push(verdict);
  return found;
}

test('the rows', async () => {
  const rows = encoded();
  assert.ok(rows.length > 10, 'the rows are found');
  for (const row of rows) {
    assert.deepEqual(await classified('input.json', row.text), row.verdicts, row.name);
  }
});

test('lines are decoded one by one', async () => {
  const lines = [...encoded().map(({ text }) => text), LOGIN, ''];
  const expected = [...encoded().flatMap((row) => row.verdicts), VERDICT];
  assert.deepEqual(await classified('input.ndjson', lines.join('\n')), expected);
});

test('a function decodes its event', () => {
  const data = gzipSync(JSON.stringify({ logEvents: [{ message: LOGIN }] })).toString('base64');
  const event = JSON.stringify({ awslogs: { data } });
  for (const input of [event, Buffer.from(event), new TextEncoder().encode(event)]) {
    const results = [...decode(input)].flatMap((json) => filterOf().processBatch(json, 'json'));
    assert.deepEqual(results, [{ index: 0, verdict: VERDICT }]);
  }
});

test('no record is lost', () => {
  const data = Buffer.from(LOGIN).toString('base64');
  const mixed = JSON.stringify({ data, message: LOGIN });
  assert.deepEqual([...decode(mixed)], [LOGIN, mixed]);
  for (const input of [LOGIN, '', '{"data":"eyJh"}', '{"data":"eyJhIjox"}', '"eyJ']) {
    assert.deepEqual([...decode(input)], [input]);
  }
});
