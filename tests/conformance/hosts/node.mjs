// Serves calls of the filter ABI. node.rs describes the protocol.
import { readSync, writeSync } from 'node:fs';

/** The exports in the order of their numbers, each with its arguments. */
const EXPORTS = [
  (inputPtr, length) => filter.sekisho_configure(inputPtr, length),
  (inputPtr, length) => filter.sekisho_process(inputPtr, length),
  (inputPtr, length) => filter.sekisho_annotate(inputPtr, length),
  (inputPtr, length, framing) => filter.sekisho_process_batch(inputPtr, length, Number(framing)),
  (inputPtr, length, now) => filter.sekisho_observe(inputPtr, length, now),
  (inputPtr, length, now) => filter.sekisho_tick(now),
  () => filter.sekisho_flush(),
  () => filter.sekisho_save(),
  (inputPtr, length) => filter.sekisho_restore(inputPtr, length),
  () => filter.sekisho_reset() ?? 0,
];
const RESTORE = 8;

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

function write(bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

const module = new WebAssembly.Module(read(read(4).readUInt32LE()));
const filter = new WebAssembly.Instance(module, {}).exports;

function call(number, argument, input) {
  const inputPtr = filter.sekisho_input(input.length);
  if (inputPtr === 0) return [-3, Buffer.alloc(0)];
  new Uint8Array(filter.memory.buffer, inputPtr, input.length).set(input);
  const n = EXPORTS[number](inputPtr, input.length, argument);
  const length = number === RESTORE ? 0 : Math.max(n, 0);
  // Growing the memory detaches its views, so each access makes a new one.
  return [n, Buffer.from(filter.memory.buffer, filter.sekisho_output(), length)];
}

for (let header; (header = read(9)); ) {
  const input = read(read(4).readUInt32LE());
  const [n, output] = call(header[0], header.readBigInt64LE(1), input);
  const response = Buffer.alloc(8);
  response.writeInt32LE(n, 0);
  response.writeUInt32LE(output.length, 4);
  write(Buffer.concat([response, output]));
}
