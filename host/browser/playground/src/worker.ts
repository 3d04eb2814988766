/** The engine in its own thread, so that the page stays usable while a file is read. */
import { expose } from 'comlink';
import packedEngine from 'virtual:engine';
import { Playground, type Trail, initSync } from '../generated/sekisho_browser.js';
import type { Listing, Part } from '../generated/sekisho_browser.js';
import { unpack } from './packing';

// TypeScript has it among the types of workers only, which do not go together with those of pages.
declare class FileReaderSync {
  readAsArrayBuffer(file: Blob): ArrayBuffer;
}

/** So many records are read before the page hears of them. */
const RECORDS_AT_ONCE = 5000;
/** What is asked of a file at once. */
const PIECE_BYTES = 4 << 20;
/** A measurement reads at least so many bytes, so often. */
const MEASURED_BYTES = 32 << 20;
const MEASURED_ROUNDS = 3;

/** How far the reading of a file has come. */
export type Progress = Part & {
  /** Of the file as it is stored, packed or not: 0 to 1. */
  share: number;
  /** Spent reading, unpacking, cutting and classifying. */
  milliseconds: number;
};

/** What a measurement gave: the median of its rounds. */
export type Measured = { records: number; bytes: number; milliseconds: number };

const ready = unpack(packedEngine).then((module) => {
  initSync({ module });
  return new Playground();
});

/** Reads a file from its beginning to its end, in large pieces: each costs a trip to the browser. */
function reader(file: Blob) {
  const files = new FileReaderSync();
  let piece = new Uint8Array();
  let at = 0;
  const read = (length: number) => {
    if (piece.length === 0) {
      piece = new Uint8Array(files.readAsArrayBuffer(file.slice(at, at + PIECE_BYTES)));
      at += piece.length;
    }
    const bytes = piece.subarray(0, length);
    piece = piece.subarray(length);
    return bytes;
  };
  return { read, share: () => (file.size === 0 ? 1 : (at - piece.length) / file.size) };
}

/** Lets other calls in. */
const pause = () => new Promise((resume) => setTimeout(resume));

let trail: Trail | undefined;
/** Which file is wanted: the reading of any other stops. */
let wanted = 0;

const engine = {
  /** Is there once the engine is. */
  async start() {
    await ready;
  },

  async compileRules(text: string) {
    return (await ready).compileRules(text);
  },

  async classify(record: Uint8Array) {
    return (await ready).classify(record);
  },

  async explain(record: string) {
    return (await ready).explain(record);
  },

  async matchRules(record: string) {
    return (await ready).matchRules(record);
  },

  /**
   * Reads a file, and hands over what is new in it as it goes. Answers whether it came to the end:
   * another file stops it.
   */
  async read(file: Blob, listing: Listing, hear: (progress: Progress) => void) {
    const playground = await ready;
    const mine = ++wanted;
    trail?.free();
    trail = undefined;
    const { read, share } = reader(file);
    const mineTrail = playground.read(read, listing);
    trail = mineTrail;
    let milliseconds = 0;
    for (let ended = false; !ended; ) {
      const begin = performance.now();
      const part = mineTrail.next(RECORDS_AT_ONCE);
      milliseconds += performance.now() - begin;
      hear({ ...part, share: share(), milliseconds });
      ended = part.ended;
      await pause();
      if (mine !== wanted) return false;
    }
    return true;
  },

  /** Stops reading; what was listed stays. */
  async stop() {
    wanted += 1;
  },

  /** The text of a record in the list. */
  async record(index: number) {
    return trail?.record(index);
  },

  /** The attempts that the records in the list are part of, and what counted rules find. */
  async attempts() {
    return trail?.attempts() ?? [];
  },

  /** How fast this file is read, over and over. */
  async measure(file: Blob): Promise<Measured> {
    const playground = await ready;
    const times = Math.max(1, Math.ceil(MEASURED_BYTES / file.size));
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    // Packed files that follow each other are one; between others a line ends.
    const isPacked = first === 0x1f && second === 0x8b;
    const repeated = new Blob(Array.from({ length: times }, () => (isPacked ? [file] : [file, '\n'])).flat());
    const rounds: Measured[] = [];
    for (let round = 0; round < MEASURED_ROUNDS; round += 1) {
      const measured = playground.read(reader(repeated).read, 'nothing');
      const begin = performance.now();
      let part = measured.next(RECORDS_AT_ONCE);
      while (!part.ended) part = measured.next(RECORDS_AT_ONCE);
      const milliseconds = performance.now() - begin;
      measured.free();
      rounds.push({ records: part.records, bytes: part.bytes, milliseconds });
      await pause();
    }
    rounds.sort((a, b) => a.milliseconds - b.milliseconds);
    return rounds[MEASURED_ROUNDS >> 1]!;
  },
};

export type Engine = typeof engine;

expose(engine);
