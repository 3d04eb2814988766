// What vite.config.ts puts into the scripts.

declare module 'virtual:engine' {
  /** The WebAssembly module, packed. */
  const packed: string;
  export default packed;
}

declare module 'virtual:builtin-rules' {
  const configuration: { rules: unknown[] };
  export default configuration;
}

declare module 'virtual:rows' {
  type Row = { name: string; note: string; record: string };
  const rows: { article: Row[]; today: Row[]; lookalikes: Row[] };
  export default rows;
}
