/** The engine in a worker, so that the page stays responsive while a file is read. */
import { expose, transfer } from 'comlink';
import packedEngine from 'virtual:engine';
import { Playground, type Trail, initSync } from '../generated/sekisho_browser.js';
import type { Listing, Part } from '../generated/sekisho_browser.js';
import { Unzstd, initSync as initZstd } from '../generated/sekisho_browser_zstd.js';
import { columns } from './columns';
import { unpack } from './packing';
import { type Found, type Query, type Row, Table, type Totals } from './table';

// TypeScript declares it for workers only, and those types conflict with the types of pages.
declare class FileReaderSync {
  readAsArrayBuffer(file: Blob): ArrayBuffer;
}

/** How many records are read between two reports of progress. */
const RECORDS_AT_ONCE = 5000;
/** How much of a file is read at once. */
const PIECE_BYTES = 4 << 20;
/** A measurement reads at least this many bytes, this often. */
const MEASURED_BYTES = 32 << 20;
const MEASURED_ROUNDS = 3;

/** The progress of reading a file. */
export type Progress = Omit<Part, 'listed'> & Totals & {
  /** The part of the file that was read, 0 to 1; of compressed bytes, if it is compressed. */
  share: number;
  /** Time for reading, decompressing, splitting and classifying. */
  milliseconds: number;
};

/** The result of a measurement: the median of its rounds. */
export type Measured = { records: number; bytes: number; milliseconds: number };

const ready = unpack(packedEngine).then((module) => {
  initSync({ module });
  return new Playground();
});

let unzstd: Unzstd | undefined;

/** Reads a file in large pieces, because each read has a high fixed cost. `zstd` decompresses it. */
function reader(file: Blob, zstd?: BufferSource) {
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
  const share = () => (file.size === 0 ? 1 : (at - piece.length) / file.size);
  // Its memory, which can be large, is for one file at a time.
  unzstd?.free();
  unzstd = undefined;
  if (!zstd) return { read, share };
  initZstd({ module: zstd });
  const decompressed = (unzstd = new Unzstd(read));
  return { read: (length: number) => decompressed.read(length), share };
}

/** Lets other calls run. */
const pause = () => new Promise((resume) => setTimeout(resume));

let trail: Trail | undefined;
let table = new Table();
/** Counts reads: a newer read stops an older one. */
let wanted = 0;

const engine = {
  /** Resolves when the engine is ready. */
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
   * Reads a file and reports progress. Returns whether it reached the end: another read stops it.
   */
  async read(file: Blob, zstd: BufferSource | undefined, listing: Listing, hear: (progress: Progress) => void) {
    const playground = await ready;
    const mine = ++wanted;
    trail?.free();
    trail = undefined;
    table = new Table();
    const { read, share } = reader(file, zstd);
    const mineTrail = playground.read(read, listing);
    trail = mineTrail;
    let milliseconds = 0;
    for (let ended = false; !ended; ) {
      const begin = performance.now();
      const { listed, ...part } = mineTrail.next(RECORDS_AT_ONCE);
      milliseconds += performance.now() - begin;
      table.add(listed);
      hear({ ...part, ...table.totals(), share: share(), milliseconds });
      ended = part.ended;
      await pause();
      if (mine !== wanted) return false;
    }
    return true;
  },

  /** Stops reading; listed records stay. */
  async stop() {
    wanted += 1;
  },

  /** Finds and orders the listed records that pass; some of them with `rows`. */
  async find(query: Query): Promise<Found> {
    return table.find(query);
  },

  /** The listed records that were found last, from a place to another. */
  async rows(from: number, to: number) {
    return table.rows(from, to);
  },

  /** A listed record, and its text. */
  async record(index: number): Promise<(Row & { text: string }) | undefined> {
    const row = table.row(index);
    const text = trail?.record(index);
    return row && text !== undefined ? { ...row, text } : undefined;
  },

  /** The attempts of the listed records, and what correlation rules find. */
  async attempts() {
    return trail?.attempts() ?? [];
  },

  /** The same as a report has it. */
  async report() {
    const found = columns(trail?.attempts() ?? []);
    return transfer(found, Object.values(found.attempts).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer] : [])));
  },

  /** Measures how fast a file is read. */
  async measure(file: Blob, zstd?: BufferSource): Promise<Measured> {
    const playground = await ready;
    const times = Math.max(1, Math.ceil(MEASURED_BYTES / file.size));
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    // Concatenated files of gzip or zstd are one file; other files need a line end between them.
    const isPacked = zstd || (first === 0x1f && second === 0x8b);
    const repeated = new Blob(Array.from({ length: times }, () => (isPacked ? [file] : [file, '\n'])).flat());
    const rounds: Measured[] = [];
    for (let round = 0; round < MEASURED_ROUNDS; round += 1) {
      const measured = playground.read(reader(repeated, zstd).read, 'nothing');
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
