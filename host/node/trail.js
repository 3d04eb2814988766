/**
 * Reads CloudTrail files.
 *
 * @module
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { load } from './builtin.js';
import { decode, isEncoded } from './encoded.js';
import { FilterError } from './sekisho.js';

/** @import { Filter, Verdict } from './sekisho.js' */

/** The files of a folder that are read; CloudTrail writes `.json.gz`. */
const TRAIL_FILE = /\.(json|jsonl|ndjson)(\.gz)?$/;
const LINES_FILE = /\.(jsonl|ndjson)(\.gz)?$/;

const GZIP_MAGIC = 0x1f8b;

/** The byte order mark, as text of one character a byte. */
const MARK = '\xef\xbb\xbf';

/**
 * Classifies the records in a file, or in all files of a folder and its subfolders, in the order of
 * their names. Yields the verdicts; records without one are skipped.
 *
 * Files are JSON as CloudTrail writes it, or NDJSON if they are named `.jsonl` or `.ndjson`; gzip is
 * recognised, and JSON in base64 is decoded as {@link decode} does it. Other files in a folder are
 * skipped. A file is read into memory as a whole.
 *
 * @param {string} path
 * @param {object} [options]
 * @param {Filter} [options.filter] a configured filter, instead of a new one of the built-in module
 * @param {(error: FilterError, file: string) => void} [options.onError] called for each record that
 *   cannot be classified; without it, the first one ends the loop
 * @returns {AsyncGenerator<Verdict, void>}
 * @throws {FilterError} if there is no `onError`
 */
export async function* verdicts(path, { filter, onError } = {}) {
  filter ??= await load();
  for await (const file of filesOf(path)) {
    for (const { verdict, error } of results(filter, await read(file), LINES_FILE.test(file))) {
      if (verdict) yield verdict;
      else if (error && !onError) throw error;
      else if (error) onError(error, file);
    }
  }
}

/** @param {string} path */
async function* filesOf(path) {
  if (!(await stat(path)).isDirectory()) {
    yield path;
    return;
  }
  const names = await readdir(path, { recursive: true });
  for (const name of names.sort()) if (TRAIL_FILE.test(name)) yield join(path, name);
}

async function read(file) {
  const bytes = await readFile(file);
  const isGzip = bytes.length > 2 && bytes.readUInt16BE() === GZIP_MAGIC;
  return withoutMarks(isGzip ? gunzipSync(bytes) : bytes);
}

/** The text of a file without the byte order marks that may begin it and each of its lines. */
function withoutMarks(bytes) {
  const rest = bytes.indexOf(MARK, 0, 'latin1') === 0 ? bytes.subarray(MARK.length) : bytes;
  if (!rest.includes(`\n${MARK}`, 0, 'latin1')) return rest;
  return Buffer.from(rest.toString('latin1').replaceAll(`\n${MARK}`, '\n'), 'latin1');
}

/** The results of a file's records. */
function* results(filter, bytes, isLines) {
  if (!isEncoded(bytes)) {
    yield* resultsOf(filter, bytes, isLines);
    return;
  }
  const inputs = isLines ? split(bytes.toString(), isLines) : [bytes];
  for (const input of inputs) {
    for (const decoded of decode(input)) {
      yield* resultsOf(filter, Buffer.from(decoded), isLines && decoded === input);
    }
  }
}

/** The results of an input's records. An error of the whole input is one result. */
function resultsOf(filter, bytes, isLines) {
  try {
    return filter.processBatch(bytes, isLines ? 'lines' : 'json');
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const records = error.code === 'too_large' ? split(bytes.toString(), isLines) : null;
    return records ? oneByOne(filter, records) : [{ error }];
  }
}

/** The records of a file that is larger than an input of the module; null if it has none. */
function split(text, isLines) {
  if (isLines) return text.split('\n').filter((line) => line.trim() !== '');
  try {
    return JSON.parse(text).Records?.map((record) => JSON.stringify(record)) ?? null;
  } catch {
    return null;
  }
}

function* oneByOne(filter, records) {
  for (const record of records) {
    try {
      yield { verdict: filter.process(record) };
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      yield { error };
    }
  }
}
