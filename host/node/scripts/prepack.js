// Runs before the package is packed: fails without the built files, and adds the licences.
import { copyFileSync, existsSync } from 'node:fs';

const BUILT = ['sekisho.wasm', 'sekisho-simd.wasm', 'sekisho-forms-simd.wasm', 'rules.json'].map(
  (name) => `dist/${name}`,
);
const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT'];

const inPackage = (path) => new URL(`../${path}`, import.meta.url);
const inRepository = (path) => new URL(`../../../${path}`, import.meta.url);

const missing = BUILT.filter((path) => !existsSync(inPackage(path)));
if (missing.length > 0) {
  console.error(`missing: ${missing.join(', ')}; run \`cargo xtask dist\` at the top of the repository`);
  process.exit(1);
}
for (const name of LICENCES) copyFileSync(inRepository(name), inPackage(name));
