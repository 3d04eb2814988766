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
 * @param {{ forms?: boolean }} [options] `forms`: of the larger module that can be configured with
 *   `form` and `identity`
 * @returns {Promise<Filter>}
 */
export function load({ forms = false } = {}) {
  const file = forms ? './dist/sekisho-forms-simd.wasm' : './dist/sekisho-simd.wasm';
  return Filter.load(readFile(new URL(file, import.meta.url)));
}
