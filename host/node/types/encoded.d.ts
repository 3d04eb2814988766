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
export function decode<Input extends string | Uint8Array>(input: Input): Generator<Input | string, void>;
/**
 * Whether an input can have JSON in base64.
 *
 * @param {string | Uint8Array} input
 */
export function isEncoded(input: string | Uint8Array): boolean;
