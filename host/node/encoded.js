/**
 * Decodes JSON in base64.
 *
 * @module
 */

import { gunzipSync } from 'node:zlib';

/** What a decompressed text has at most: the limit of an input of the module. */
const TEXT_BYTES = 16 * 1024 * 1024;

/** The base64 of the first bytes of gzip, and of `{"`, after the quote that begins a string. */
const BEGINNINGS = ['"H4sI', '"eyJ'];
const STRING = /"((?:H4sI|eyJ)[A-Za-z0-9+/=]*)"/g;

/** A record that is not encoded; services that wrap records begin with `aws:`. */
const PLAIN_RECORD = /\beventSource\\*"\s*:\s*\\*"(?!aws:)/;

/**
 * Decodes strings that are JSON objects in base64, with or without gzip, as in `awslogs.data` of a
 * subscription to CloudWatch Logs, and in `data` of Kinesis and Firehose. Yields each object, for
 * {@link Filter.processBatch} with the framing `json`; if there are none, yields the input.
 *
 * The input is yielded after the objects if it has records that are not encoded. It is yielded alone
 * if it has an `eventTime`: what a record has in base64 is left as it is. So are texts of more than
 * 16 MiB. The objects are decoded one by one as they are read.
 *
 * @template {string | Uint8Array} Input
 * @param {Input} input
 * @returns {Generator<Input | string, void>}
 */
export function* decode(input) {
  if (!isEncoded(input) || bytesOf(input).includes('"eventTime"')) {
    yield input;
    return;
  }
  const text = typeof input === 'string' ? input : bytesOf(input).toString();
  let hasObjects = false;
  for (const [, base64] of text.matchAll(STRING)) {
    const json = objectIn(base64);
    if (json === null) continue;
    hasObjects = true;
    yield json;
  }
  if (!hasObjects || PLAIN_RECORD.test(text)) yield input;
}

/**
 * Whether an input can have JSON in base64.
 *
 * @param {string | Uint8Array} input
 */
export function isEncoded(input) {
  const searched = bytesOf(input);
  return BEGINNINGS.some((beginning) => searched.includes(beginning));
}

/**
 * What has the method `includes` for text.
 *
 * @param {string | Uint8Array} input
 */
function bytesOf(input) {
  if (typeof input === 'string') return input;
  return Buffer.from(input.buffer, input.byteOffset, input.length);
}

/**
 * The JSON object in a string of base64; null if there is none.
 *
 * @param {string} base64
 */
function objectIn(base64) {
  if (base64.length % 4 !== 0) return null;
  const bytes = Buffer.from(base64, 'base64');
  try {
    const isGzip = bytes[0] === 0x1f;
    const json = `${isGzip ? gunzipSync(bytes, { maxOutputLength: TEXT_BYTES }) : bytes}`;
    const value = JSON.parse(json);
    return typeof value === 'object' && !Array.isArray(value) ? json : null;
  } catch {
    return null;
  }
}
