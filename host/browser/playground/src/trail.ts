/** The sample trail: a script beside the page, loaded on demand. */
import { unpack } from './packing';

declare global {
  var packedTrail: string | undefined;
}

export async function trail(): Promise<Blob> {
  if (!globalThis.packedTrail) await load('./trail.js');
  return new Blob([await unpack(globalThis.packedTrail!)]);
}

function load(path: string) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = path;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
