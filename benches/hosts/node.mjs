// Processes all records a number of times and measures the duration. node.rs is the other side.
import { readSync, writeSync } from 'node:fs';

/** Exactly `length` bytes of standard input; null at its end. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = readSync(0, bytes, done, length - done);
    if (count === 0) return null;
    done += count;
  }
  return bytes;
}

/** Bytes with their length in front. */
const receive = () => read(read(4).readUInt32LE());

const module = new WebAssembly.Module(receive());
const filter = new WebAssembly.Instance(module, {}).exports;

function call(exported, input) {
  const inputPtr = filter.sekisho_input(input.length);
  // Growing the memory detaches its views, so each access makes a new one.
  new Uint8Array(filter.memory.buffer, inputPtr, input.length).set(input);
  const n = exported(inputPtr, input.length);
  if (n < 0) throw new Error(`the module returned ${n}`);
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
  const response = Buffer.alloc(16);
  response.writeBigUInt64LE(process.hrtime.bigint() - start, 0);
  response.writeBigUInt64LE(BigInt(lengths), 8);
  writeSync(1, response);
}
