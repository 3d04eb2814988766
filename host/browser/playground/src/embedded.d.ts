// What vite.config.ts puts into the scripts.

declare module 'virtual:engine' {
  /** The WebAssembly module, packed. */
  const packed: string;
  export default packed;
}

declare module 'virtual:rows' {
  /** A row without its record, which is in examples.js. */
  type Title = { name: string; note: string };
  const rows: { article: (Title & { record: string })[]; today: Title[]; lookalikes: Title[] };
  export default rows;
}
