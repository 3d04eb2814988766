/** The engine, in its worker. */
import { proxy, wrap } from 'comlink';
import type { Listing } from '../generated/sekisho_browser.js';
import type { Engine, Progress } from './worker';
// Inlined: an inlined worker is under the policy of the page, a loaded one would not be.
import EngineWorker from './worker?worker&inline';

const remote = wrap<Engine>(new EngineWorker());

export const engine = {
  start: () => remote.start(),
  compileRules: (text: string) => remote.compileRules(text),
  classify: (record: Uint8Array) => remote.classify(record),
  explain: (record: string) => remote.explain(record),
  matchRules: (record: string) => remote.matchRules(record),
  read: (file: Blob, listing: Listing, hear: (progress: Progress) => void) =>
    remote.read(file, listing, proxy(hear)),
  stop: () => remote.stop(),
  record: (index: number) => remote.record(index),
  attempts: () => remote.attempts(),
  measure: (file: Blob) => remote.measure(file),
};
