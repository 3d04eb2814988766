// Judges records as often as it is told, and takes the time: node.rs is the other side.
import { readSync, writeSync } from 'node:fs';

/** Exactly `length` bytes of standard input; null where it has ended. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at);
    if (count === 0) return null;
    at += count;
  }
  return bytes;
}

/** Bytes behind their length. */
const receive = () => read(read(4).readUInt32LE());

const module = new WebAssembly.Module(receive());
const filter = new WebAssembly.Instance(module, {}).exports;

function call(exported, input) {
  const at = filter.sekisho_input(input.length);
  // Views of the memory are void once it has grown: always a new one.
  new Uint8Array(filter.memory.buffer, at, input.length).set(input);
  const n = exported(at, input.length);
  if (n < 0) throw new Error(`the module answers ${n}`);
  return n;
}

call(filter.sekisho_configure, receive());
const records = Array.from({ length: read(4).readUInt32LE() }, receive);

for (let times; (times = read(8)); ) {
  let lengths = 0;
  const start = process.hrtime.bigint();
  for (let left = Number(times.readBigUInt64LE()); left > 0; left--) {
    lengths = 0;
    for (const record of records) lengths += call(filter.sekisho_process, record);
  }
  const answer = Buffer.alloc(16);
  answer.writeBigUInt64LE(process.hrtime.bigint() - start, 0);
  answer.writeBigUInt64LE(BigInt(lengths), 8);
  writeSync(1, answer);
}
