// Answers calls of the filter ABI: the protocol is described in node.rs.
import { readSync, writeSync } from 'node:fs';

const EXPORTS = ['sekisho_configure', 'sekisho_process', 'sekisho_annotate', 'sekisho_process_batch'];

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

function call(name, framing, input) {
  const at = filter.sekisho_input(input.length);
  if (at === 0) return [-3, Buffer.alloc(0)];
  new Uint8Array(filter.memory.buffer, at, input.length).set(input);
  const n = filter[name](at, input.length, framing);
  // Views of the memory are void once it has grown: always a new one.
  return [n, Buffer.from(filter.memory.buffer, filter.sekisho_output(), Math.max(n, 0))];
}

for (let head; (head = read(2)); ) {
  const input = read(read(4).readUInt32LE());
  const [n, output] = call(EXPORTS[head[0]], head[1], input);
  const answer = Buffer.alloc(8);
  answer.writeInt32LE(n, 0);
  answer.writeUInt32LE(output.length, 4);
  write(Buffer.concat([answer, output]));
}
