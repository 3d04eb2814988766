// Runs the modules of `tests/hostile`: this host does with each what its header says.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { Filter, FilterError } from 'sekisho';

import { LOGIN, VERDICT, filterOf } from './support.js';

const TEXTS = new URL('../../../tests/hostile/', import.meta.url);
/** The folder of these modules, compiled. */
const { SEKISHO_HOSTILE: COMPILED, CI } = process.env;

/** The number of calls to each export of a module that only has to be survived. */
const ROUNDS = 100;

/** Modules that need one of these are skipped. */
const UNSUPPORTED = {
  deadline: 'JavaScript cannot end a call that does not return',
  'memory limit': 'JavaScript cannot limit the memory of a module',
};

/** Modules that JavaScript cannot recognise and refuse: they have to be survived. */
const UNRECOGNISED = {
  'parameters-wrong': 'JavaScript cannot see the types of functions',
  'result-missing': 'JavaScript cannot see the types of functions',
  'start-function': 'JavaScript cannot see a start function',
};

const BYTES = Buffer.from(LOGIN);

const CALLS = {
  configure: (filter) => filter.configure({}),
  process: (filter) => filter.process(BYTES),
  annotate: (filter) => [LOGIN, BYTES].forEach((record) => annotate(filter, record)),
  process_batch: (filter) => filter.processBatch(BYTES, 'lines'),
  describe: (filter) => filter.describe(),
  observe: (filter) => filter.observe(BYTES, 1),
  tick: (filter) => filter.tick(1),
  flush: (filter) => filter.flush().next(),
  save: (filter) => filter.save(),
  restore: (filter) => filter.restore(Buffer.from('a state')),
  reset: (filter) => filter.reset(),
};

/** Whatever the module does, it returns the record, or the record with something added. */
function annotate(filter, record) {
  let error;
  const annotated = filter.annotate(record, (given) => (error = given));
  if (error) assert.equal(annotated, record);
  else assertAddition(Buffer.from(record), Buffer.from(annotated));
  if (error) throw error;
}

function assertAddition(record, annotated) {
  const added = annotated.length - record.length;
  const isAddedAt = (offset) =>
    record.equals(Buffer.concat([annotated.subarray(0, offset), annotated.subarray(offset + added)]));
  assert.ok([...record.keys(), record.length].some(isAddedAt), 'the record was altered');
}

/** The outcome of a call. */
function outcome(name, filter) {
  const before = filter.restarts;
  try {
    CALLS[name](filter);
  } catch (error) {
    assert.ok(error instanceof FilterError, `${error.stack}`);
    if (error.code === 'unsupported') return 'success';
    if (error.code !== 'fault') return 'error';
    assert.equal(filter.restarts, before + 1, 'the instance is dropped');
    return 'fault';
  }
  return 'success';
}

/** Reads the comment at the top of a file. */
function headerOf(text) {
  const valuesOf = (key) =>
    [...text.matchAll(new RegExp(`^;; ${key}: (.+)$`, 'gm'))].map(([, value]) => value);
  const [expectation, ...more] = valuesOf('expect');
  assert.deepEqual(more, [], 'one expectation');
  const [kind, ...calls] = expectation.split(' ');
  const needs = valuesOf('needs');
  for (const call of calls) assert.ok(call in CALLS, call);
  for (const need of needs) assert.ok(need in UNSUPPORTED || need === 'verdict limit', need);
  return { kind, calls, needs };
}

/** Makes each call once: those that are named, or all, have this outcome, the others succeed. */
function callEach(filter, kind, named) {
  for (const name of Object.keys(CALLS)) {
    const isNamed = named.length === 0 || named.includes(name);
    assert.equal(outcome(name, filter), isNamed ? kind : 'success', name);
  }
}

function callRepeatedly(filter) {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of Object.keys(CALLS)) outcome(name, filter);
  }
}

/** Refuses a module, at the latest in the first call, which makes the instance. */
function refuse(wasm) {
  let filter;
  try {
    filter = new Filter(wasm);
  } catch (error) {
    assert.equal(error.code, 'not_a_filter');
    return;
  }
  callEach(filter, 'fault', []);
}

function run(kind, calls, wasm) {
  if (kind === 'refused') refuse(wasm);
  else if (kind === 'survives') callRepeatedly(new Filter(wasm));
  else if (kind === 'fault' || kind === 'error') callEach(new Filter(wasm), kind, calls);
  else assert.fail(`unknown expectation: ${kind}`);
}

const names = readdirSync(TEXTS)
  .filter((file) => file.endsWith('.wat'))
  .map((file) => file.slice(0, -'.wat'.length));

const ABSENT = 'SEKISHO_HOSTILE is not set to their folder, which `cargo xtask test` writes';

test('the modules are there', { skip: !COMPILED && !CI && ABSENT }, () => {
  assert.ok(COMPILED, ABSENT);
  assert.ok(names.length >= 61, `only ${names.length} modules`);
  for (const name of Object.keys(UNRECOGNISED)) assert.ok(names.includes(name), name);
});

for (const name of COMPILED ? names : []) {
  const { kind, calls, needs } = headerOf(readFileSync(new URL(`${name}.wat`, TEXTS), 'utf8'));
  const unsupported = needs.map((need) => UNSUPPORTED[need]).find(Boolean);
  test(name, { skip: unsupported }, (context) => {
    if (name in UNRECOGNISED) context.diagnostic(`${name} is survived: ${UNRECOGNISED[name]}`);
    run(name in UNRECOGNISED ? 'survives' : kind, calls, readFileSync(`${COMPILED}/${name}.wasm`));
    // Another filter in the same process still works.
    const filter = filterOf();
    assert.deepEqual(filter.process(LOGIN), VERDICT);
    annotate(filter, LOGIN);
  });
}

/** The output of `annotate-replaces` for every record. */
const REPLACEMENT =
  LOGIN.slice(0, -1).replace('Failure', 'Success') + ',"signin":{"outcome":"success"}}';

/** A filter that annotates every record as `REPLACEMENT`. */
function replacing() {
  return new Filter(readFileSync(`${COMPILED}/annotate-replaces.wasm`));
}

/** Checks with strings, with bytes in Node, and with bytes in a browser. */
function inEveryForm(check) {
  check((text) => text);
  check((text) => Buffer.from(text));
  try {
    delete globalThis.Buffer;
    check((text) => new TextEncoder().encode(text));
  } finally {
    globalThis.Buffer = Buffer;
  }
}

test('accepts an addition at any place', { skip: !COMPILED && ABSENT }, () => {
  const filter = replacing();
  inEveryForm((given) => {
    for (let from = 0; from < REPLACEMENT.length; from += 1) {
      for (let to = from + 1; to <= REPLACEMENT.length; to += 1) {
        const record = given(REPLACEMENT.slice(0, from) + REPLACEMENT.slice(to));
        assert.equal(Buffer.from(filter.annotate(record)).toString(), REPLACEMENT);
      }
    }
  });
  assert.deepEqual(filter.errors, {});
});

test('rejects anything else', { skip: !COMPILED && ABSENT }, () => {
  const filter = replacing();
  const part = REPLACEMENT.slice(0, 90) + REPLACEMENT.slice(120);
  let restarts = 0;
  inEveryForm((given) => {
    for (let i = 0; i < part.length; i += 1) {
      const record = given(`${part.slice(0, i)}~${part.slice(i + 1)}`);
      assert.equal(filter.annotate(record), record, `altered at ${i}`);
      assert.equal(filter.restarts, (restarts += 1));
    }
    for (const text of [REPLACEMENT, `${REPLACEMENT} `, ` ${REPLACEMENT}`]) {
      const record = given(text);
      assert.equal(filter.annotate(record), record, 'nothing is added');
      assert.equal(filter.restarts, (restarts += 1));
    }
  });
  assert.deepEqual(filter.errors, { fault: restarts });
});
