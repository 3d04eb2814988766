import { verdicts } from 'sekisho';

for await (const verdict of verdicts('examples/trail')) console.log(verdict);
