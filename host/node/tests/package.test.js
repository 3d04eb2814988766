// The packed package, installed into an empty folder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { BUILT, ROOT, copyPackage, skipPacking, temporaryFolder } from './built.js';

const VERDICTS = `
import { verdicts } from 'sekisho';

let count = 0;
for await (const verdict of verdicts(process.argv[2])) count += 1;
console.log(count);
`;

const WITH_RULES = `
import { load, verdicts } from 'sekisho';
import rules from 'sekisho/rules.json' with { type: 'json' };

const filter = await load();
filter.configure(rules);
const ids = new Set();
for await (const verdict of verdicts(process.argv[2], { filter })) {
  for (const id of verdict.rules) ids.add(id);
}
console.log(ids.has('unknown-user'));
`;

function run(program, args, cwd) {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
}

test('three lines classify a trail', { skip: skipPacking }, () => {
  const copy = copyPackage();
  const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--silent'], copy));
  const found = files.map(({ path }) => path);
  const expected = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'types/node.d.ts'];
  for (const path of [...expected, ...BUILT.map((file) => `dist/${file}`)]) {
    assert.ok(found.includes(path), `${path} is in the package`);
  }

  const user = temporaryFolder();
  writeFileSync(join(user, 'package.json'), '{}');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(copy, filename)], user);
  const runProgram = (program) => {
    writeFileSync(join(user, 'program.mjs'), program);
    const args = ['--no-warnings', 'program.mjs', join(ROOT, 'examples/trail')];
    return run(process.execPath, args, user);
  };
  assert.equal(runProgram(VERDICTS), '118\n');
  assert.equal(runProgram(WITH_RULES), 'true\n');
});

test('packing fails without the built files', { skip: skipPacking }, () => {
  const missing =
    'missing: dist/sekisho.wasm, dist/sekisho-simd.wasm, dist/sekisho-forms-simd.wasm, dist/rules.json';
  const copy = copyPackage([]);
  assert.throws(() => run('npm', ['pack'], copy), ({ stderr }) => stderr.includes(missing));
});
