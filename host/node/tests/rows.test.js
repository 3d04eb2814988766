// Every row and every sequence, in both builds.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BUILDS, filterOf, framed, rows, sequences } from './support.js';

/** The error codes that occur in rows. */
const CODES = { [-2]: 'malformed', [-3]: 'too_large', [-7]: 'several_records' };

for (const build of BUILDS) {
  test(`rows: ${build}`, () => {
    const filter = filterOf(build);
    const all = rows();
    assert.ok(all.length >= 700, 'the rows are found');
    for (const { name, input, annotated, verdict, error } of all) {
      if (error) assert.throws(() => filter.process(input), { code: CODES[error] }, name);
      else assert.deepEqual(filter.process(input), verdict, name);
      assert.deepEqual(Buffer.from(filter.annotate(input)), annotated, name);
    }
  });

  test(`rows as a batch: ${build}`, () => {
    const all = rows();
    const results = filterOf(build).processBatch(framed(all.map(({ input }) => input)), 'lengths');
    const found = results.map(({ index, verdict, error }) => [index, verdict ?? error.code]);
    const expected = all.map(({ verdict, error }, index) => [index, verdict ?? CODES[error]]);
    assert.deepEqual(found, expected.filter(([, result]) => result));
  });

  test(`sequences: ${build}`, () => {
    const all = sequences();
    assert.ok(all.length >= 100, 'the sequences are found');
    for (const { name, records, settings, configuration, attempts } of all) {
      const filter = filterOf(build);
      filter.configure({ ...configuration, attempts: settings });
      const observe = (record) => filter.observe(JSON.stringify(record));
      assert.deepEqual([...records.flatMap(observe), ...filter.flush()], attempts, name);
    }
  });
}
