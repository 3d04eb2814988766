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
export function verdicts(path: string, { filter, onError }?: {
    filter?: Filter;
    onError?: (error: FilterError, file: string) => void;
}): AsyncGenerator<Verdict, void>;
import type { Filter } from './sekisho.js';
import { FilterError } from './sekisho.js';
import type { Verdict } from './sekisho.js';
