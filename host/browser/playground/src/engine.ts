/** The engine, in its worker. */
import { proxy, wrap } from 'comlink';
import type { Listing } from '../generated/sekisho_browser.js';
import { beside } from './beside';
import type { Query } from './table';
import type { Engine, Progress } from './worker';
// Inlined: an inlined worker is under the policy of the page, a loaded one would not be.
import EngineWorker from './worker?worker&inline';

const remote = wrap<Engine>(new EngineWorker());
/** Counts reads: a newer read, or a stop, ends an older one. */
let reads = 0;

/** The module that decompresses zstd, if a file begins with a frame of it, or with one to skip. */
async function zstdModule(file: Blob) {
  const [a, ...rest] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const begins = `${rest}`;
  const isZstd = (a === 0x28 && begins === `${[0xb5, 0x2f, 0xfd]}`) || (a! >> 4 === 5 && begins === `${[0x2a, 0x4d, 0x18]}`);
  return isZstd ? beside('zstd') : undefined;
}

export const engine = {
  start: () => remote.start(),
  compileRules: (text: string) => remote.compileRules(text),
  classify: (record: Uint8Array) => remote.classify(record),
  explain: (record: string) => remote.explain(record),
  matchRules: (record: string) => remote.matchRules(record),
  async read(file: Blob, listing: Listing, hear: (progress: Progress) => void) {
    const mine = ++reads;
    const zstd = await zstdModule(file);
    return mine === reads && remote.read(file, zstd, listing, proxy(hear));
  },
  stop() {
    reads += 1;
    return remote.stop();
  },
  find: (query: Query) => remote.find(query),
  rows: (from: number, to: number) => remote.rows(from, to),
  record: (index: number) => remote.record(index),
  attempts: () => remote.attempts(),
  report: () => remote.report(),
  measure: async (file: Blob) => remote.measure(file, await zstdModule(file)),
};
