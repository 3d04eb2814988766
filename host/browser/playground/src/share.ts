/** What is on the page as part of its link: behind the #, which browsers send nowhere. */
import { pack, unpack } from './packing';

const KEY = '#s=';
/** Longer links do not survive mail and chat. */
const LENGTH_MAX = 64 << 10;

export type Shared = { records: string; rules: string };

/** The link, or how many kilobytes it would be if that is too much. */
export async function link(shared: Shared): Promise<{ href: string } | { kilobytes: number }> {
  const packed = await pack(new TextEncoder().encode(JSON.stringify(shared)));
  if (packed.length > LENGTH_MAX) return { kilobytes: Math.ceil(packed.length / 1024) };
  return { href: `${location.href.split('#')[0]}${KEY}${packed}` };
}

/** What a link holds; null if it holds nothing. Throws if it is damaged. */
export async function opened(hash: string): Promise<Shared | null> {
  if (!hash.startsWith(KEY)) return null;
  const json: unknown = JSON.parse(new TextDecoder().decode(await unpack(hash.slice(KEY.length))));
  if (typeof json !== 'object' || json === null) throw new TypeError('no object');
  const { records, rules } = json as Partial<Shared>;
  if (typeof records !== 'string' || typeof rules !== 'string') throw new TypeError('no texts');
  return { records, rules };
}
