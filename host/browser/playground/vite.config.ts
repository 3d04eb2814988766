import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type ZopfliOptions, deflate } from '@gfx/zopfli';
import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';

const repository = join(import.meta.dirname, '../../..');

const zopfli = promisify<Uint8Array, ZopfliOptions, Uint8Array>(deflate);

/**
 * A file as text that takes the least room in a script: compressed, base64. Zopfli's deflate is 5 %
 * smaller than zlib's; more than one iteration gains nothing to speak of.
 */
const packed = async (bytes: Uint8Array) =>
  Buffer.from(await zopfli(bytes, { numiterations: 1 })).toString('base64');

/** The records of the sample trail, concatenated. */
function trail() {
  const folder = join(repository, 'examples/trail');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json.gz'))
    .sort();
  return Buffer.concat(
    files.flatMap((name) => [gunzipSync(readFileSync(join(folder, name))), Buffer.from('\n')]),
  );
}

/** The rows of a file in tests/cases: the text of a record is its bytes in the row. */
function rows(file: string) {
  const lines = readFileSync(join(repository, 'tests/cases', file), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { name, note } = JSON.parse(line);
    const record = line.slice(line.indexOf('"record":') + 9, line.lastIndexOf(',"verdict":'));
    return { name: name as string, note: note as string, record };
  });
}

/** The rules that come with the program, without what is only for people who change them. */
function builtin() {
  const file = parse(readFileSync(join(repository, 'plugin/rules/signin.yaml'), 'utf8'));
  const rules = file.rules.map(({ tests, references, ...rule }: Record<string, unknown>) => rule);
  return { ...file, rules };
}

/** What the page is made of beside its scripts; in the scripts, so that it never has to fetch. */
const contents: Record<string, () => unknown> = {
  'virtual:engine': () => packed(readFileSync('generated/sekisho_browser_bg.wasm')),
  'virtual:rows': () => ({
    article: rows('article.jsonl'),
    today: titles('today.jsonl'),
    lookalikes: titles('lookalikes.jsonl'),
  }),
};

/** The rows without their records, which are beside the page. */
const titles = (file: string) => rows(file).map(({ name, note }) => ({ name, note }));

/** What is beside the page, for scripts that are loaded on demand. */
const loaded: Record<string, () => Uint8Array> = {
  examples: () => {
    const records = [...rows('today.jsonl'), ...rows('lookalikes.jsonl')];
    return Buffer.from(JSON.stringify(Object.fromEntries(records.map(({ name, record }) => [name, record]))));
  },
  forms: () => readFileSync(join(repository, 'dist/sekisho-forms-simd.wasm')),
  report: () => readFileSync(join(repository, 'host/cli/src/report/template.html')),
  rules: () => Buffer.from(JSON.stringify(builtin(), null, 2)),
  trail,
  zstd: () => readFileSync('generated/sekisho_browser_zstd_bg.wasm'),
};

const embedded = (): Plugin => ({
  name: 'embedded',
  resolveId: (id) => (id in contents ? `\0${id}` : undefined),
  async load(id) {
    const content = id.startsWith('\0') ? contents[id.slice(1)] : undefined;
    return content && `export default ${JSON.stringify(await content())};`;
  },
});

/** The scripts beside the page, which are loaded on demand. */
const scripts = (): Plugin => ({
  name: 'scripts',
  async generateBundle() {
    for (const [name, content] of Object.entries(loaded)) {
      const source = `(globalThis.beside ??= {}).${name} = ${JSON.stringify(await packed(content()))};`;
      this.emitFile({ type: 'asset', fileName: `${name}.js`, source });
    }
  },
});

/** Browsers load no modules from a folder on the disk, but plain scripts they do. */
const plainScripts = (): Plugin => ({
  name: 'plain-scripts',
  transformIndexHtml: (html) =>
    html.replace('type="module" crossorigin', 'defer').replaceAll(' crossorigin', ''),
});

export default defineConfig({
  // Works under any path.
  base: './',
  plugins: [embedded(), scripts(), plainScripts()],
  worker: { format: 'iife', plugins: () => [embedded()] },
  build: {
    outDir: join(repository, 'dist/playground'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    // The libraries' licences ask to be handed on with them.
    license: { fileName: 'licenses.md' },
    rolldownOptions: { output: { format: 'iife' } },
    chunkSizeWarningLimit: 1000,
  },
});
