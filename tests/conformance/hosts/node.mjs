// Answers calls of the filter ABI: the protocol is described in node.rs.
import { readSync, writeSync } from 'node:fs';

/** The exports in the order of their numbers: what each is called with, and whether it has output. */
const EXPORTS = [
  (at, length) => filter.sekisho_configure(at, length),
  (at, length) => filter.sekisho_process(at, length),
  (at, length) => filter.sekisho_annotate(at, length),
  (at, length, framing) => filter.sekisho_process_batch(at, length, Number(framing)),
  (at, length, now) => filter.sekisho_observe(at, length, now),
  (at, length, now) => filter.sekisho_tick(now),
  () => filter.sekisho_flush(),
  () => filter.sekisho_save(),
  (at, length) => filter.sekisho_restore(at, length),
  () => filter.sekisho_reset() ?? 0,
];
const RESTORE = 8;

/** Exactly `length` bytes of standard input; null where it ends before the first. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at);
    if (count === 0) return null;
    at += count;
  }
  return bytes;
}

function write(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

const module = new WebAssembly.Module(read(read(4).readUInt32LE()));
const filter = new WebAssembly.Instance(module, {}).exports;

function call(number, argument, input) {
  const at = filter.sekisho_input(input.length);
  if (at === 0) return [-3, Buffer.alloc(0)];
  new Uint8Array(filter.memory.buffer, at, input.length).set(input);
  const n = EXPORTS[number](at, input.length, argument);
  const length = number === RESTORE ? 0 : Math.max(n, 0);
  // Views of the memory are void once it has grown: always a new one.
  return [n, Buffer.from(filter.memory.buffer, filter.sekisho_output(), length)];
}

for (let head; (head = read(9)); ) {
  const input = read(read(4).readUInt32LE());
  const [n, output] = call(head[0], head.readBigInt64LE(1), input);
  const answer = Buffer.alloc(8);
  answer.writeInt32LE(n, 0);
  answer.writeUInt32LE(output.length, 4);
  write(Buffer.concat([answer, output]));
}
