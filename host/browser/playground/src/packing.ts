/** Bytes to text and back: deflate and base64. */

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** Decodes base64 of either alphabet. */
function fromBase64(text: string) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Encodes URL-safe base64. */
function toBase64(bytes: Uint8Array) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export const unpack = (packed: string) =>
  through(fromBase64(packed), new DecompressionStream('deflate-raw'));

export const pack = async (bytes: Uint8Array<ArrayBuffer>) =>
  toBase64(await through(bytes, new CompressionStream('deflate-raw')));
