import { readFileSync } from 'node:fs';
import { Filter } from 'sekisho';

const filter = new Filter(readFileSync('sekisho-simd.wasm'));

console.log(filter.process(`{"eventSource":"signin.amazonaws.com",
  "eventName":"ConsoleLogin","userIdentity":{"type":"Root"},
  "responseElements":{"ConsoleLogin":"Failure"}}`));
console.log(filter.process('{"eventSource":"s3.amazonaws.com"}'));
