/**
 * Makes a filter of the module that is part of the package.
 *
 * @returns {Promise<Filter>}
 */
export function load(): Promise<Filter>;
export * from "./sekisho.js";
import { Filter } from './sekisho.js';
