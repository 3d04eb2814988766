// A copy of the package with the built files in it, as it is packed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { BUILDS, DIST } from './support.js';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const PACKAGE = join(ROOT, 'host/node');
const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT'];

/** Built files that are part of the package. */
export const BUILT = [...BUILDS, 'sekisho-forms-simd.wasm', 'rules.json'];

const absent = BUILT.filter((file) => !existsSync(join(DIST, file))).join(', ');

/** Why tests of the package are skipped, or false. In CI they always run. */
export const skip =
  absent !== '' && !process.env.CI && `${DIST} has no ${absent}; run \`cargo xtask dist\``;

/** Why tests that pack the package are skipped, or false. */
export const skipPacking =
  skip || (spawnSync('npm', ['--version']).error && !process.env.CI && 'there is no npm');

/** Makes a folder that is removed after the tests. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-'));
  after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Copies the package, with these built files, and returns the folder of the copy. */
export function copyPackage(built = BUILT) {
  const repository = temporaryFolder();
  const copy = join(repository, 'host/node');
  mkdirSync(join(copy, 'dist'), { recursive: true });
  for (const file of LICENCES) cpSync(join(ROOT, file), join(repository, file));
  for (const file of readdirSync(PACKAGE)) {
    if (['dist', 'node_modules', 'tests'].includes(file)) continue;
    cpSync(join(PACKAGE, file), join(copy, file), { recursive: true });
  }
  for (const file of built) cpSync(join(DIST, file), join(copy, 'dist', file));
  return copy;
}
