/** What is beside the page: packed, each in a script that is loaded on demand. */
import { unpack } from './packing';
import { texts } from './texts';

declare global {
  /** The packed bytes by the name of their script. */
  var beside: Record<string, string> | undefined;
}

/** Loads `NAME.js`. Rejects with a text for the user if it is not there. */
export async function beside(name: 'examples' | 'forms' | 'report' | 'rules' | 'trail' | 'zstd'): Promise<Uint8Array<ArrayBuffer>> {
  if (!globalThis.beside?.[name]) await load(`${name}.js`);
  return unpack(globalThis.beside![name]!);
}

function load(file: string) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `./${file}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(texts.notBeside(file)));
    document.head.append(script);
  });
}
