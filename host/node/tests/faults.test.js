// A module that traps and lies costs an error, never the record.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Filter } from 'sekisho';

import { hostile } from './support.js';

const FAULTS = {
  'a trap': 'trap',
  'a recursion without end': 'recursion',
  'an output behind the memory': 'output',
  'an output that ends behind the memory': 'partly behind',
  'an output that is no JSON': 'json',
  'a buffer that ends behind the memory': 'z'.repeat(1000),
};

for (const [what, record] of Object.entries(FAULTS)) {
  test(what, () => {
    const filter = hostile();
    assert.throws(() => filter.process(record), { code: 'fault' });
    assert.throws(() => filter.processBatch(record, 'lines'), { code: 'fault' });
    assert.equal(filter.restarts, 2);
    assert.equal(filter.process('a good record'), null, 'a new instance answers');
  });
}

test('the record goes on whatever the module does', () => {
  const filter = hostile();
  for (const record of ['trap', 'output', 'broken', 'x: a later error']) {
    assert.equal(filter.annotate(record), record);
  }
  assert.deepEqual(filter.errors, { fault: 2, broken: 1, other: 1 });
  assert.equal(filter.restarts, 3);
});

test('a new instance has the configuration of the one before', () => {
  const filter = hostile();
  assert.equal(filter.process('configured?'), null);
  filter.configure({});
  assert.throws(() => filter.process('trap'), { code: 'fault' });
  assert.throws(() => filter.process('configured?'), { code: 'several_records' });
});

test('a module without attempts', () => {
  const filter = hostile();
  assert.throws(() => filter.observe('{}'), { code: 'unsupported', message: /sekisho_observe/ });
  assert.equal(filter.restarts, 0);
});

test('what is no filter module', async () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const importing = [
    ...[1, 4, 1, 0x60, 0, 0], // a type: () -> ()
    ...[2, 7, 1, 1, 0x61, 1, 0x62, 0, 0], // an import: the function a.b
    ...[7, 18, 1, 14, ...Buffer.from('sekisho_abi_v1'), 0, 0], // it is exported as the marker
  ];
  const cases = [
    [[], /no WebAssembly module/],
    [header, /does not export `sekisho_abi_v1`/],
    [[...header, ...importing], /imports a\.b/],
  ];
  for (const [bytes, message] of cases) {
    const source = new Uint8Array(bytes);
    assert.throws(() => new Filter(source), { code: 'not_a_filter', message });
    await assert.rejects(Filter.load(source), { code: 'not_a_filter', message });
  }
});
