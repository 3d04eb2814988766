// A faulty module causes an error, but never loses a record.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Filter } from 'sekisho';

import { faulty } from './support.js';

const FAULTS = {
  'a trap': 'trap',
  'an endless recursion': 'recursion',
  'an output outside the memory': 'output',
  'an output that ends after the memory': 'partly outside',
  'an output that is not JSON': 'json',
  'a buffer that ends after the memory': 'z'.repeat(1000),
};

for (const [what, record] of Object.entries(FAULTS)) {
  test(what, () => {
    const filter = faulty();
    assert.throws(() => filter.process(record), { code: 'fault' });
    assert.throws(() => filter.processBatch(record, 'lines'), { code: 'fault' });
    assert.equal(filter.restarts, 2);
    assert.equal(filter.process('a good record'), null, 'a new instance works');
  });
}

test('annotate returns the record whatever the module does', () => {
  const filter = faulty();
  for (const record of ['trap', 'output', 'break', 'x: a later error']) {
    assert.equal(filter.annotate(record), record);
  }
  assert.deepEqual(filter.errors, { fault: 2, internal: 1, other: 1 });
  assert.equal(filter.restarts, 3);
});

test('a new instance has the configuration of the previous one', () => {
  const filter = faulty();
  assert.equal(filter.process('configured?'), null);
  filter.configure({});
  assert.throws(() => filter.process('trap'), { code: 'fault' });
  assert.throws(() => filter.process('configured?'), { code: 'several_records' });
});

test('a stateless module', () => {
  const filter = faulty();
  assert.throws(() => filter.observe('{}'), { code: 'unsupported', message: /sekisho_observe/ });
  assert.equal(filter.restarts, 0);
});

test('bytes that are not a filter module', async () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const importing = [
    ...[1, 4, 1, 0x60, 0, 0], // a type: () -> ()
    ...[2, 7, 1, 1, 0x61, 1, 0x62, 0, 0], // an import: the function a.b
    ...[7, 18, 1, 14, ...Buffer.from('sekisho_abi_v1'), 0, 0], // exported as the marker
  ];
  const cases = [
    [[], /not a WebAssembly module/],
    [header, /does not export `sekisho_abi_v1`/],
    [[...header, ...importing], /imports a\.b/],
  ];
  for (const [bytes, message] of cases) {
    const source = new Uint8Array(bytes);
    assert.throws(() => new Filter(source), { code: 'not_a_filter', message });
    await assert.rejects(Filter.load(source), { code: 'not_a_filter', message });
  }
});
