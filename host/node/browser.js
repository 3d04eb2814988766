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
 * @param {{ forms?: boolean }} [options] `forms`: of the larger module that can be configured with
 *   `form` and `identity`
 * @returns {Promise<Filter>}
 */
export function load({ forms = false } = {}) {
  const file = forms ? './dist/sekisho-forms-simd.wasm' : './dist/sekisho-simd.wasm';
  return Filter.load(fetch(new URL(file, import.meta.url)));
}
