// What the README shows is what is in the tree, and runs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { DIST, rows } from './support.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Runs an example that the README shows, beside the module. */
function run(example, input) {
  const file = new URL(`../examples/${example}`, import.meta.url);
  assert.ok(readme.includes(`\`\`\`js\n${readFileSync(file, 'utf8')}\`\`\`\n`), example);
  return execFileSync(process.execPath, [fileURLToPath(file)], { cwd: DIST, input, stdio: 'pipe' });
}

test('the first example', () => {
  assert.ok(readme.includes(`\`\`\`\n${run('process.mjs')}\`\`\`\n`));
});

test('the stream', () => {
  const records = rows().filter(({ input }) => !input.includes('\n'));
  const lines = (which) =>
    Buffer.concat(records.flatMap((row) => [row[which], Buffer.from('\n')]));
  assert.deepEqual(run('annotate.mjs', lines('input')), lines('annotated'));
});
