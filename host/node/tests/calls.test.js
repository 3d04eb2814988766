// The methods, apart from the results that the rows test.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Filter, FilterError } from 'sekisho';

import { LOGIN, VERDICT, bytesOf, filterOf, framed, sequences } from './support.js';

const UPLOAD = '{"eventSource":"s3.amazonaws.com"}';
const CUT_SHORT = '{"eventSource":';

test('a record is a string or bytes, and the result has the same type', () => {
  const filter = filterOf();
  for (const record of [LOGIN, Buffer.from(LOGIN), new TextEncoder().encode(LOGIN)]) {
    assert.deepEqual(filter.process(record), VERDICT);
  }
  assert.equal(typeof filter.annotate(LOGIN), 'string');
  assert.ok(filter.annotate(Buffer.from(LOGIN)) instanceof Uint8Array);
  for (const record of [undefined, null, 5, { eventSource: '' }, new Int8Array(1)]) {
    assert.throws(() => filter.process(record), TypeError);
  }
  assert.deepEqual(filter.errors, {}, 'a TypeError is not counted');
});

test('a lone surrogate in a string is replaced', () => {
  const filter = filterOf();
  const record = LOGIN.replace('{', '{"userAgent":"\ud83d",');
  assert.ok(filter.annotate(record).startsWith('{"userAgent":"\ufffd","eventSource"'));
  assert.deepEqual(filter.errors, {});
});

test('an output survives the next call', () => {
  const filter = filterOf();
  const first = filter.annotate(Buffer.from(LOGIN));
  filter.annotate(Buffer.from(LOGIN.replace('Root', 'IAMUser')));
  assert.match(Buffer.from(first).toString(), /"principal":"root"/);
});

test('processes batches in three framings', () => {
  const records = [UPLOAD, LOGIN, CUT_SHORT];
  const expected = [
    { index: 1, verdict: VERDICT },
    { index: 2, error: new FilterError('malformed', 'not well-formed JSON or UTF-8') },
  ];
  const filter = filterOf();
  const lengths = framed(records.map((record) => Buffer.from(record)));
  assert.deepEqual(filter.processBatch(lengths, 'lengths'), expected);
  assert.deepEqual(filter.processBatch(records.join('\n'), 'lines'), expected);
  assert.deepEqual(filter.processBatch(`{"Records":[${records}`, 'json'), expected);
  assert.deepEqual(filter.errors, { malformed: 3 });
  assert.deepEqual(filter.processBatch(UPLOAD, 'lines'), []);
  assert.throws(() => filter.processBatch(UPLOAD, 'csv'), TypeError);

  const cutShort = Buffer.concat([lengths, Buffer.from([9, 0, 0, 0])]);
  assert.equal(filter.processBatch(cutShort, 'lengths').at(-1).error.code, 'range');
});

test('an error has a code and a message, and is counted', () => {
  const filter = filterOf();
  const message = 'expected a JSON value, found the end of the input at byte 15';
  assert.throws(() => filter.process(CUT_SHORT), { code: 'malformed', message });
  const errors = [];
  assert.equal(filter.annotate(CUT_SHORT, (error) => errors.push(error.code)), CUT_SHORT);
  assert.deepEqual(errors, ['malformed']);
  assert.throws(() => filter.process(`[${UPLOAD},${LOGIN}]`), { code: 'several_records' });
  const long = Buffer.alloc(17 * 1024 * 1024, ' ');
  assert.throws(() => filter.process(long), { code: 'too_large', message: /17825792 bytes/ });
  assert.equal(filter.annotate(long), long);
  assert.deepEqual(filter.errors, { malformed: 2, several_records: 1, too_large: 2 });
  assert.equal(filter.restarts, 0);
});

test('a configuration is accepted or refused as a whole', () => {
  const filter = filterOf();
  const rules = [{ id: 'root', pattern: { detail: { userIdentity: { type: ['Root'] } } } }];
  filter.configure({ field: 'aws_signin', rules });
  assert.deepEqual(filter.process(LOGIN), { ...VERDICT, rules: ['root'] });
  assert.throws(() => filter.configure({ field: '' }), { code: 'refused', message: /field/ });
  assert.match(filter.annotate(LOGIN), /"aws_signin":\{/);
  const configuration = { field: 'aws_signin', rules: 1, verdict_bytes: 259 };
  assert.deepEqual(filter.describe().configuration, configuration);
  filter.configure({});
  assert.match(filter.annotate(LOGIN), /"signin":\{/);
});

test('the configuration says where records are', () => {
  const filter = filterOf();
  const wrapped = `{"data":{"aws":${LOGIN}}}`;
  filter.configure({ record: ['elsewhere'] });
  assert.equal(filter.process(wrapped), null);
  filter.configure({ record: ['elsewhere', 'data.aws'] });
  assert.deepEqual(filter.process(wrapped), VERDICT);
  assert.ok(filter.annotate(wrapped).startsWith(`${wrapped.slice(0, -1)},"signin":{`));
  assert.throws(() => filter.configure({ record: 'data.aws' }), { code: 'refused', message: /record/ });
});

test('inputs without a record are counted', () => {
  const filter = filterOf();
  filter.process(UPLOAD);
  filter.processBatch(['{"level":"info"}', LOGIN, '{}'].join('\n'), 'lines');
  const { records, without_record } = filter.describe().counters;
  assert.deepEqual([records, without_record], [4, 2]);
});

test('a state is restored in another filter, or refused', () => {
  const [first, second] = [filterOf(), filterOf()];
  const { records, attempts } = sequences().find(({ records }) => records.length > 1);
  const [begin, ...rest] = records.map((record) => JSON.stringify(record));
  const emitted = first.observe(begin);
  const state = first.save();
  second.restore(state);
  emitted.push(...rest.flatMap((record) => second.observe(record)), ...second.flush());
  assert.deepEqual(emitted, attempts);

  second.restore(state);
  for (const corrupt of [state.subarray(0, -1), state.subarray(1), new Uint8Array()]) {
    assert.throws(() => second.restore(corrupt), { code: 'refused' });
  }
  assert.deepEqual(second.save(), state, 'as before');
  second.reset();
  assert.deepEqual([...second.flush()], []);
});

test('a tick emits complete attempts', () => {
  const filter = filterOf();
  filter.configure({ attempts: { window_seconds: 1, lateness_seconds: 0 } });
  const record = LOGIN.replace('{', '{"eventTime":"2025-03-29T11:10:09Z","eventID":"a",');
  const emitted = filter.observe(record, 1_000);
  for (const now of [2_000, 3_000, 4_500.5]) emitted.push(...filter.tick(now));
  assert.deepEqual(emitted.map(({ type, events }) => [type, events]), [['attempt', ['a']]]);
});

test('loads bytes, a compiled module, and a response', async () => {
  const bytes = bytesOf('sekisho.wasm');
  const { module } = new Filter(bytes);
  const response = new Response(bytes);
  const filters = [new Filter(module), await Filter.load(bytes), await Filter.load(response)];
  for (const filter of filters) assert.deepEqual(filter.process(LOGIN), VERDICT);
});
