import { load } from 'sekisho';

const filter = await load();

console.log(filter.process(`{"eventSource":"signin.amazonaws.com",
  "eventName":"ConsoleLogin","userIdentity":{"type":"Root"},
  "responseElements":{"ConsoleLogin":"Failure"}}`));
console.log(filter.process('{"eventSource":"s3.amazonaws.com"}'));
