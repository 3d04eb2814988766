/**
 * The module that is part of the package, read in Node.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';

import { Filter } from './sekisho.js';

/**
 * Makes a filter of the module that is part of the package.
 *
 * @returns {Promise<Filter>}
 */
export function load() {
  return Filter.load(readFile(new URL('./dist/sekisho-simd.wasm', import.meta.url)));
}
