/** Builds the template of reports: one file that needs no other. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, defineConfig } from 'vite';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The libraries in the script, whose licences ask to be handed on with them. */
const licences = ['uplot', 'lit-html'].map(
  (name) => `${name}\n\n${readFileSync(join(import.meta.dirname, `node_modules/${name}/LICENSE`), 'utf8').trim()}\n`,
);

/** Puts the script and the style into the page. Its policy names both, and allows nothing else. */
const singleFile = (): Plugin => ({
  name: 'single-file',
  enforce: 'post',
  generateBundle(_, bundle) {
    let [script, style] = ['', ''];
    for (const [name, file] of Object.entries(bundle)) {
      // `</script` in a text would end the script.
      if (file.type === 'chunk') script = file.code.trim().replaceAll('</script', '<\\/script');
      else if (name.endsWith('.css')) style = String(file.source).trim();
      delete bundle[name];
    }
    const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
    const parts: Record<string, string> = { policy, style, script, licences: licences.join('\n') };
    const page = readFileSync(join(import.meta.dirname, 'src/report/report.html'), 'utf8');
    const source = page.replace(/@(policy|style|script|licences)@/g, (_, name: string) => parts[name]!);
    this.emitFile({ type: 'asset', fileName: 'template.html', source });
  },
});

export default defineConfig({
  plugins: [singleFile()],
  publicDir: false,
  build: {
    outDir: join(import.meta.dirname, '../../../dist/report'),
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    rolldownOptions: { input: 'src/report/main.ts', output: { format: 'iife', entryFileNames: 'report.js' } },
  },
});
