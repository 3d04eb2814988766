export * from "./sekisho.js";
export { load } from "./builtin.js";
export { decode } from "./encoded.js";
export { verdicts } from "./trail.js";
