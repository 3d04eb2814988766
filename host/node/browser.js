/**
 * The package in browsers, and in other runtimes that fetch files.
 *
 * @module
 */

import { Filter } from './sekisho.js';

export * from './sekisho.js';

/**
 * Makes a filter of the module that is part of the package.
 *
 * @returns {Promise<Filter>}
 */
export function load() {
  return Filter.load(fetch(new URL('./dist/sekisho-simd.wasm', import.meta.url)));
}
