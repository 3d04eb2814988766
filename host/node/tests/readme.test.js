// The examples in the README are files of this package, and run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ROOT, copyPackage, skip } from './built.js';
import { rows } from './support.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Runs an example that the README shows. */
function run(example, input) {
  const file = join(copyPackage(), 'examples', example);
  assert.ok(readme.includes(`\`\`\`js\n${readFileSync(file, 'utf8')}\`\`\`\n`), example);
  return execFileSync(process.execPath, [file], { cwd: ROOT, input, stdio: 'pipe' });
}

test('verdicts.mjs', { skip }, () => {
  assert.equal(`${run('verdicts.mjs')}`.match(/kind: '/g).length, 118);
});

test('process.mjs', { skip }, () => {
  assert.ok(readme.includes(`\`\`\`\n${run('process.mjs')}\`\`\`\n`));
});

test('annotate.mjs', { skip }, () => {
  const records = rows().filter(({ input }) => !input.includes('\n'));
  const lines = (which) =>
    Buffer.concat(records.flatMap((row) => [row[which], Buffer.from('\n')]));
  assert.deepEqual(run('annotate.mjs', lines('input')), lines('annotated'));
});
