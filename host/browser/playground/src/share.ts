/** Links that contain the records and rules, after the `#`: browsers never send that part. */
import { pack, unpack } from './packing';

const KEY = '#s=';
/** Mail and chat break longer links. */
const LENGTH_MAX = 64 << 10;

export type Shared = { records: string; rules: string };

/** The link, or its size in kilobytes if it is too long. */
export async function link(shared: Shared): Promise<{ href: string } | { kilobytes: number }> {
  const packed = await pack(new TextEncoder().encode(JSON.stringify(shared)));
  if (packed.length > LENGTH_MAX) return { kilobytes: Math.ceil(packed.length / 1024) };
  return { href: `${location.href.split('#')[0]}${KEY}${packed}` };
}

/** Parses a link; null if it contains nothing. Throws if it is damaged. */
export async function opened(hash: string): Promise<Shared | null> {
  if (!hash.startsWith(KEY)) return null;
  const json: unknown = JSON.parse(new TextDecoder().decode(await unpack(hash.slice(KEY.length))));
  if (typeof json !== 'object' || json === null) throw new TypeError('no object');
  const { records, rules } = json as Partial<Shared>;
  if (typeof records !== 'string' || typeof rules !== 'string') throw new TypeError('no texts');
  return { records, rules };
}
