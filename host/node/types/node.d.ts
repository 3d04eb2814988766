export * from "./sekisho.js";
export { load } from "./builtin.js";
export { verdicts } from "./trail.js";
