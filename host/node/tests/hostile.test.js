// The modules of `tests/hostile`: this host does with each what its header says.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { Filter, FilterError } from 'sekisho';

import { LOGIN, VERDICT, filterOf } from './support.js';

const TEXTS = new URL('../../../tests/hostile/', import.meta.url);
/** The folder of these modules, compiled. */
const { SEKISHO_HOSTILE: COMPILED, CI } = process.env;

/** How often each call of a module is made that may answer as it likes. */
const ROUNDS = 100;

/** What a module may need of its host that this one cannot give: it is passed over. */
const NOT_HAD = {
  deadline: 'JavaScript cannot end a call that does not return',
  'memory limit': 'JavaScript cannot limit the memory of a module',
};

/** Modules to be refused that JavaScript cannot tell from others: they are lived through. */
const NOT_SEEN = {
  'parameters-wrong': 'JavaScript is not told the types of functions',
  'result-missing': 'JavaScript is not told the types of functions',
  'start-function': 'JavaScript is not told of a start function',
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

/** Whatever the module does, the record comes back, with something added at most. */
function annotate(filter, record) {
  let error;
  const annotated = filter.annotate(record, (given) => (error = given));
  if (error) assert.equal(annotated, record);
  else assertAddition(Buffer.from(record), Buffer.from(annotated));
  if (error) throw error;
}

function assertAddition(record, annotated) {
  const added = annotated.length - record.length;
  const isAddedAt = (at) =>
    record.equals(Buffer.concat([annotated.subarray(0, at), annotated.subarray(at + added)]));
  assert.ok([...record.keys(), record.length].some(isAddedAt), 'the record was altered');
}

/** What became of a call. */
function outcome(name, filter) {
  const before = filter.restarts;
  try {
    CALLS[name](filter);
  } catch (error) {
    assert.ok(error instanceof FilterError, `${error.stack}`);
    if (error.code === 'unsupported') return 'answer';
    if (error.code !== 'fault') return 'error';
    assert.equal(filter.restarts, before + 1, 'the instance is thrown away');
    return 'fault';
  }
  return 'answer';
}

/** What the comment at the head of a file says. */
function headerOf(text) {
  const valuesOf = (key) =>
    [...text.matchAll(new RegExp(`^;; ${key}: (.+)$`, 'gm'))].map(([, value]) => value);
  const [expectation, ...more] = valuesOf('expect');
  assert.deepEqual(more, [], 'one expectation');
  const [kind, ...calls] = expectation.split(' ');
  const needs = valuesOf('needs');
  for (const call of calls) assert.ok(call in CALLS, call);
  for (const need of needs) assert.ok(need in NOT_HAD, need);
  return { kind, calls, needs };
}

/** Each call once: those that are named, or all, have this outcome, any other an answer. */
function callEach(filter, kind, named) {
  for (const name of Object.keys(CALLS)) {
    const isNamed = named.length === 0 || named.includes(name);
    assert.equal(outcome(name, filter), isNamed ? kind : 'answer', name);
  }
}

function callAgainAndAgain(filter) {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of Object.keys(CALLS)) outcome(name, filter);
  }
}

/** No filter is made of it; what only an instance tells, the first call does. */
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
  else if (kind === 'survives') callAgainAndAgain(new Filter(wasm));
  else if (kind === 'fault' || kind === 'error') callEach(new Filter(wasm), kind, calls);
  else assert.fail(`no such expectation: ${kind}`);
}

const names = readdirSync(TEXTS)
  .filter((file) => file.endsWith('.wat'))
  .map((file) => file.slice(0, -'.wat'.length));

const ABSENT = 'SEKISHO_HOSTILE names no folder of them; `cargo xtask test` writes one';

test('the modules that lie are there', { skip: !COMPILED && !CI && ABSENT }, () => {
  assert.ok(COMPILED, ABSENT);
  assert.ok(names.length >= 57, `only ${names.length} modules`);
  for (const name of Object.keys(NOT_SEEN)) assert.ok(names.includes(name), name);
});

for (const name of COMPILED ? names : []) {
  const { kind, calls, needs } = headerOf(readFileSync(new URL(`${name}.wat`, TEXTS), 'utf8'));
  const [notHad] = needs.map((need) => NOT_HAD[need]);
  test(name, { skip: notHad }, (context) => {
    if (name in NOT_SEEN) context.diagnostic(`${name} is lived through: ${NOT_SEEN[name]}`);
    run(name in NOT_SEEN ? 'survives' : kind, calls, readFileSync(`${COMPILED}/${name}.wasm`));
    // A filter made in the same process answers as if nothing had been.
    const filter = filterOf();
    assert.deepEqual(filter.process(LOGIN), VERDICT);
    annotate(filter, LOGIN);
  });
}

/** What `annotate-replaces` makes of every record. */
const EXCHANGED =
  LOGIN.slice(0, -1).replace('Failure', 'Success') + ',"signin":{"outcome":"success"}}';

/** Makes a filter of a compiled module that annotates every record by `EXCHANGED`. */
function exchanging() {
  return new Filter(readFileSync(`${COMPILED}/annotate-replaces.wasm`));
}

/** With strings, with bytes in Node, and with bytes in a browser. */
function inEveryWay(check) {
  check((text) => text);
  check((text) => Buffer.from(text));
  try {
    delete globalThis.Buffer;
    check((text) => new TextEncoder().encode(text));
  } finally {
    globalThis.Buffer = Buffer;
  }
}

test('an addition at any place', { skip: !COMPILED && ABSENT }, () => {
  const filter = exchanging();
  inEveryWay((given) => {
    for (let from = 0; from < EXCHANGED.length; from += 1) {
      for (let to = from + 1; to <= EXCHANGED.length; to += 1) {
        const record = given(EXCHANGED.slice(0, from) + EXCHANGED.slice(to));
        assert.equal(Buffer.from(filter.annotate(record)).toString(), EXCHANGED);
      }
    }
  });
  assert.deepEqual(filter.errors, {});
});

test('anything else is no addition', { skip: !COMPILED && ABSENT }, () => {
  const filter = exchanging();
  const part = EXCHANGED.slice(0, 90) + EXCHANGED.slice(120);
  let restarts = 0;
  inEveryWay((given) => {
    for (let at = 0; at < part.length; at += 1) {
      const record = given(`${part.slice(0, at)}~${part.slice(at + 1)}`);
      assert.equal(filter.annotate(record), record, `altered at ${at}`);
      assert.equal(filter.restarts, (restarts += 1));
    }
    for (const text of [EXCHANGED, `${EXCHANGED} `, ` ${EXCHANGED}`]) {
      const record = given(text);
      assert.equal(filter.annotate(record), record, 'nothing is added');
      assert.equal(filter.restarts, (restarts += 1));
    }
  });
  assert.deepEqual(filter.errors, { fault: restarts });
});
