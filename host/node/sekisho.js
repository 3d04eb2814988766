/**
 * Classifies CloudTrail records with the sekisho filter module, in Node and in browsers.
 *
 * It implements the host side of the filter ABI, version 1. `plugin/ABI.md` specifies each method at
 * the export of the same name.
 *
 * @module
 */

/**
 * A known value, or one that a later version of the module adds.
 *
 * @template {string} Known
 * @typedef {Known | (string & {})} Extensible
 */

/**
 * The classification of a record. Later versions of the module may add keys.
 *
 * @typedef {object} Verdict
 * @property {Extensible<
 *   'console_login' | 'mfa_check' | 'role_switch' | 'role_exit' | 'role_renew'
 *   | 'signin_token' | 'password_recovery' | 'account_change' | 'external_idp_login'
 *   | 'idc_challenge' | 'idc_verification' | 'idc_authentication' | 'portal_session'
 *   | 'portal_token' | 'portal_refresh' | 'role_credentials' | 'oauth_authorization'
 *   | 'oauth_token' | 'oauth_refresh' | 'other_signin' | 'not_signin'
 * >} kind
 * @property {Extensible<'success' | 'failure' | 'denied' | 'challenged' | 'unknown'>} outcome
 * @property {Extensible<
 *   'unknown_user' | 'bad_password' | 'bad_password_or_mfa' | 'bad_factor'
 *   | 'external_idp_error' | 'resource_policy' | 'resource_control_policy' | 'access_denied'
 *   | 'other'
 * > | null} reason
 * @property {Extensible<
 *   'root' | 'iam_user' | 'sso_role' | 'saml_role' | 'assumed_role' | 'federated_user'
 *   | 'identity_center_user' | 'directory_user' | 'web_identity' | 'aws_account' | 'unknown_user' | 'unknown'
 * >} principal
 * @property {Extensible<'used' | 'not_used' | 'pending' | 'external' | 'unknown'>} mfa
 * @property {Extensible<'yes' | 'no' | 'unknown'>} user_exists
 * @property {string[]} [rules] the ids of the rules that match; present only if rules are configured
 * @property {string[]} [silenced] the ids of the rules for which it is silenced; absent if none
 * @property {number[]} [silenced_by] the positions of the entries of `silence` that did it
 */

/**
 * One attempt to sign in, made of one or more records.
 *
 * @typedef {object} Attempt
 * @property {'attempt'} type
 * @property {Verdict['outcome']} outcome
 * @property {Verdict['reason']} reason
 * @property {Verdict['principal']} principal
 * @property {Verdict['mfa']} mfa
 * @property {Verdict['user_exists']} user_exists
 * @property {string | null} account
 * @property {string | null} principal_id
 * @property {string | null} user
 * @property {string | null} source_ip
 * @property {string | null} first_time
 * @property {string | null} last_time
 * @property {string[]} events
 * @property {number} failures_before
 * @property {Extensible<'abandoned_at_mfa' | 'inconsistent' | 'late' | 'evicted'>[]} flags
 * @property {string | null} identity the id to count by; null if nobody knows who it was
 * @property {string} [follows] the last record of the sign-in to Identity Center before it; only
 *   for the console sign-in of an Identity Center role that came from one
 * @property {string[]} [rules] present only if rules are configured
 * @property {string[]} [silenced] the ids of the rules for which it is silenced; absent if none
 * @property {number[]} [silenced_by] the positions of the entries of `silence` that did it
 */

/**
 * The condition of a correlation rule is met.
 *
 * @typedef {object} Finding
 * @property {'finding'} type
 * @property {string} rule
 * @property {unknown} severity
 * @property {Record<string, string>} key
 * @property {number} count
 * @property {string | null} first_time
 * @property {string | null} last_time
 * @property {string[]} events
 * @property {string} [id] with `"findings":"lifecycle"`: the same when it opens and when it closes
 * @property {Extensible<'opened' | 'closed'>} [state] with `"findings":"lifecycle"`
 * @property {number} [matches] when it closes: how many matches it has
 * @property {number | null} [values] when it closes: how many different values were counted
 */

/**
 * A `WebAssembly.Module`, which the types of Node do not declare.
 *
 * @typedef {typeof globalThis extends { WebAssembly: { Module: new (...given: any) => infer M } }
 *   ? M : object} CompiledModule
 */

/**
 * The bytes of a module.
 *
 * @typedef {ArrayBuffer | ArrayBufferView} Bytes
 */

/**
 * The result of one record of a batch. A record without a verdict or an error has none.
 *
 * @typedef {{ index: number, verdict: Verdict } | { index: number, error: FilterError }} BatchResult
 */

/**
 * Why a call failed. All but the last three are the errors of the ABI, with their names there.
 *
 * - `range`: -1, a length in a batch exceeds the rest of the input
 * - `malformed`: -2, not well-formed JSON or UTF-8
 * - `too_large`: -3, nested too deep, or longer than 16 MiB
 * - `refused`: -4, the configuration, the framing or the saved state is not accepted
 * - `state_full`: -5, no memory is left to keep the record
 * - `internal`: -6, an error inside the module; the next call makes a new instance
 * - `several_records`: -7, the input contains several records: use `processBatch`
 * - `other`: an error of a later version
 * - `fault`: a trap, or a result that the ABI does not allow; the next call makes a new instance
 * - `unsupported`: this module does not have the export
 * - `not_a_filter`: the bytes are not a filter module
 *
 * @typedef {'range' | 'malformed' | 'too_large' | 'refused' | 'state_full' | 'internal'
 *   | 'several_records' | 'other' | 'fault' | 'unsupported' | 'not_a_filter'} Code
 */

/**
 * The names of the errors, and messages for those that the module has no message for.
 *
 * @type {Record<number, [Code, string]>}
 */
const ERRORS = {
  [-1]: ['range', 'a length exceeds the rest of the batch'],
  [-2]: ['malformed', 'not well-formed JSON or UTF-8'],
  [-3]: ['too_large', 'nested deeper, in more envelopes or longer than the limits allow'],
  [-4]: ['refused', 'not accepted'],
  [-5]: ['state_full', 'no memory is left to keep the record'],
  [-6]: ['internal', 'inside the module: memory ran out, or an earlier call trapped'],
  [-7]: ['several_records', 'several records: process them as a batch'],
};

/** The exports of every filter module, and those of a stateful one. */
const FUNCTIONS = [
  'sekisho_abi_v1',
  'sekisho_input',
  'sekisho_configure',
  'sekisho_process',
  'sekisho_annotate',
  'sekisho_process_batch',
  'sekisho_output',
  'sekisho_last_error',
  'sekisho_describe',
];
const STATEFUL_FUNCTIONS = [
  'sekisho_observe',
  'sekisho_tick',
  'sekisho_flush',
  'sekisho_save',
  'sekisho_restore',
  'sekisho_reset',
];

/** The keys with which every verdict begins. */
const VERDICT_KEYS = ['kind', 'outcome', 'reason', 'principal', 'mfa', 'user_exists'];

/** The keys with which an event of ECS or OCSF begins. */
const EVENT_KEYS = ['@timestamp', 'ecs', 'category_uid'];

const FRAMINGS = { lengths: 0, lines: 1, json: 2 };

/** The limit of an input, and the size of the parts in which a state is restored. */
const INPUT_BYTES = 16 * 1024 * 1024;

/** The most bytes of a verdict without rules, with keys of later versions. */
const VERDICT_BYTES = 1024;

/**
 * A verdict lists ids of rules, and positions of entries; the rules are in the configuration, or in
 * the module.
 */
const VERDICT_BYTES_PER_RULE_BYTE = 8;

/** An event has texts of its record, some of them several times and with more escapes. */
const EVENT_BYTES_PER_RECORD_BYTE = 36;

/** A compiled module does not show its size: it counts as this. */
const COMPILED_BYTES = 1024 * 1024;

/** The most bytes of the field that `annotate` adds, without the verdict. */
const FIELD_BYTES = 8 * 256;

/** The most bytes of UTF-8 for one unit of a string. */
const MAX_UNIT_BYTES = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A call failed: pass the record on, and count it. */
export class FilterError extends Error {
  /**
   * @param {Code} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'FilterError';
    /** @readonly */
    this.code = code;
  }
}

/**
 * An instance of the filter module, for one thread. The compiled {@link Filter.module} can be sent
 * to any number of workers.
 *
 * If the module fails, its instance is dropped, and the next call makes a new one with the same
 * configuration. The state of the stream of attempts is then lost: restore a saved one.
 */
export class Filter {
  /** @type {CompiledModule} */
  #module;
  /** @type {any} */
  #exports = null;
  /** @type {Uint8Array | null} */
  #configuration = null;
  /** The size of its file. */
  #moduleBytes = COMPILED_BYTES;

  /** The number of instances that were dropped. */
  restarts = 0;

  /**
   * The number of errors, by code.
   *
   * @type {Partial<Record<Code, number>>}
   */
  errors = {};

  /**
   * @param {CompiledModule | Bytes} source the compiled module or its bytes
   * @throws {FilterError} if it is not a filter module
   */
  constructor(source) {
    const isCompiled = source instanceof WebAssembly.Module;
    this.#module = isCompiled ? source : compile(source);
    if (!isCompiled) this.#moduleBytes = source.byteLength;
    checkImports(WebAssembly.Module.imports(this.#module));
    checkExports(WebAssembly.Module.exports(this.#module));
  }

  /**
   * Does what the constructor does, without blocking the thread. Browsers require this for larger
   * modules.
   *
   * @param {Bytes | Response | PromiseLike<Bytes | Response>} source
   */
  static async load(source) {
    const given = await source;
    // Not `compileStreaming`, which requires the server to send the MIME type of WebAssembly.
    /** @type {any} */
    const bytes = given instanceof Response ? await given.arrayBuffer() : given;
    const filter = new Filter(await WebAssembly.compile(bytes).catch(notAFilter));
    filter.#moduleBytes = bytes.byteLength;
    return filter;
  }

  /**
   * The compiled module, for the filter of another worker.
   *
   * @returns {CompiledModule}
   */
  get module() {
    return this.#module;
  }

  /**
   * Sets the configuration. Missing keys have their defaults.
   *
   * @param {object} configuration
   * @throws {FilterError} `refused`; the previous configuration stays
   */
  configure(configuration) {
    const bytes = encoder.encode(JSON.stringify(configuration));
    this.#status('sekisho_configure', bytes, [0]);
    this.#configuration = bytes;
  }

  /**
   * Classifies one record. Null: it is not a sign-in, and no configured rule matches it.
   *
   * @param {string | Uint8Array} record
   * @returns {Verdict | null}
   * @throws {FilterError} pass the record on
   */
  process(record) {
    const given = input(record);
    const read = (output) => verdict(output, this.#verdictLimit, given.length);
    return this.#call('sekisho_process', given, undefined, read);
  }

  /**
   * Returns the record to pass on: with its verdict as one more field, or unchanged if it has none
   * or the call fails. Whatever the module does, the result is the record, or the record with
   * something added at one place.
   *
   * @template {string | Uint8Array} R
   * @param {R} record
   * @param {(error: FilterError) => void} [onError] called if the call fails
   * @returns {R extends string ? string : Uint8Array}
   */
  annotate(record, onError) {
    const read = typeof record === 'string' ? text : copy;
    const added = (output) => checkAddition(record, read(output), this.#verdictLimit);
    const given = input(record);
    try {
      return this.#call('sekisho_annotate', given, undefined, added) ?? record;
    } catch (error) {
      onError?.(error);
      return /** @type {any} */ (record);
    }
  }

  /**
   * Classifies many records in one call. Framings: `lengths`, each record preceded by its length in
   * 4 bytes, little-endian; `lines`, NDJSON; `json`, an array, or an object with an array in
   * `Records`, `Events` or `logEvents`.
   *
   * @param {string | Uint8Array} records
   * @param {'lengths' | 'lines' | 'json'} framing
   * @returns {BatchResult[]} for the records that have a verdict or an error
   * @throws {FilterError} if the call fails as a whole
   */
  processBatch(records, framing) {
    if (!(framing in FRAMINGS)) throw new TypeError('expected a framing: lengths, lines or json');
    const given = input(records);
    const read = (output) => batch(output, this.#verdictLimit, given.length);
    const results = this.#call('sekisho_process_batch', given, FRAMINGS[framing], read);
    return (results ?? []).map(({ index, n, verdict }) =>
      n > 0 ? { index, verdict } : { index, error: this.#counted(failure(n)) },
    );
  }

  /**
   * Adds a record to the stream of attempts. Returns the attempts and findings that are complete
   * now.
   *
   * @param {string | Uint8Array} record
   * @param {number} [now] the clock in milliseconds, which only {@link tick} uses
   * @returns {(Attempt | Finding)[]}
   * @throws {FilterError} the record was not added
   */
  observe(record, now = Date.now()) {
    return this.#call('sekisho_observe', input(record), milliseconds(now), lines) ?? [];
  }

  /**
   * Advances the clock of the stream without a record. Do not call it when you replay old records.
   *
   * @param {number} [now]
   * @returns {(Attempt | Finding)[]}
   */
  tick(now = Date.now()) {
    return this.#call('sekisho_tick', null, milliseconds(now), lines) ?? [];
  }

  /**
   * Ends the stream: yields all open attempts. It makes a call for each part as it is read.
   *
   * @returns {Generator<Attempt | Finding, void>}
   */
  *flush() {
    for (let emitted; (emitted = this.#call('sekisho_flush', null, undefined, lines)); ) {
      yield* emitted;
    }
  }

  /** Returns the state of the stream, for {@link restore} in this module or a later one. */
  save() {
    return /** @type {Uint8Array} */ (this.#call('sekisho_save', null, undefined, copy));
  }

  /**
   * Replaces the state of the stream by a saved one.
   *
   * @param {Uint8Array} state
   * @throws {FilterError} `refused`; the previous state stays
   */
  restore(state) {
    let status = 1;
    for (let start = 0; start < state.length; start += INPUT_BYTES) {
      status = this.#status('sekisho_restore', state.subarray(start, start + INPUT_BYTES), [0, 1]);
    }
    // The module expects another part, but there is none: an empty part has the state refused.
    if (status === 1) this.#status('sekisho_restore', new Uint8Array(), [0]);
  }

  /** Clears the state of the stream; the configuration stays. */
  reset() {
    this.#call('sekisho_reset', null);
  }

  /**
   * Describes the module, its configuration, and the counters of this instance.
   *
   * @returns {{ manifest: any, configuration: any, counters: any }}
   */
  describe() {
    return this.#call('sekisho_describe', null, undefined, json);
  }

  /**
   * Makes a call that returns a status, which has to be one of those `expected`.
   *
   * @param {string} name
   * @param {Uint8Array} given
   * @param {number[]} expected
   * @throws {FilterError} counted
   */
  #status(name, given, expected) {
    const found = this.#call(name, given);
    if (expected.includes(found)) return found;
    throw this.#counted(fault(new RangeError(`\`${name}\` returned ${found}`)));
  }

  /**
   * Makes a call and reads its output; without `read`, returns the number that the call returned.
   *
   * @param {string} name
   * @param {string | Uint8Array | null} given
   * @param {number | bigint} [argument]
   * @param {(output: Uint8Array) => any} [read]
   * @throws {FilterError} counted
   */
  #call(name, given, argument, read) {
    let n, message;
    try {
      this.#exports ??= instantiate(this.#module, this.#configuration);
      n = call(this.#exports, name, given, argument);
      if (n >= 0) {
        if (!read) return n;
        return n === 0 ? null : read(output(this.#exports, n));
      }
      message = lastError(this.#exports);
    } catch (error) {
      throw this.#counted(error instanceof FilterError ? error : fault(error));
    }
    throw this.#counted(failure(n, message));
  }

  /** The most bytes of a verdict. */
  get #verdictLimit() {
    const rules = (this.#configuration?.length ?? 0) + this.#moduleBytes;
    return VERDICT_BYTES + VERDICT_BYTES_PER_RULE_BYTE * rules;
  }

  /** @param {FilterError} error */
  #counted(error) {
    this.errors[error.code] = (this.errors[error.code] ?? 0) + 1;
    if (error.code === 'fault' || error.code === 'internal') {
      this.#exports = null;
      this.restarts += 1;
    }
    return error;
  }
}

function compile(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    return notAFilter(error);
  }
}

/** @returns {never} */
function notAFilter(cause) {
  throw new FilterError('not_a_filter', `not a WebAssembly module: ${cause.message}`, { cause });
}

function checkImports(imports) {
  const [first] = imports;
  if (first) {
    throw new FilterError('not_a_filter', `the module imports ${first.module}.${first.name}`);
  }
}

/** Checks names and kinds: JavaScript cannot see the types of functions. */
function checkExports(exports) {
  const has = (wanted, kind) =>
    exports.some((found) => found.name === wanted && found.kind === kind);
  const isStateful = STATEFUL_FUNCTIONS.some((name) => has(name, 'function'));
  const functions = isStateful ? [...FUNCTIONS, ...STATEFUL_FUNCTIONS] : FUNCTIONS;
  const missing = functions.find((name) => !has(name, 'function'));
  if (missing) {
    throw new FilterError('not_a_filter', `the module does not export \`${missing}\``);
  }
  if (!has('memory', 'memory')) {
    throw new FilterError('not_a_filter', 'the module exports no memory');
  }
}

function instantiate(module, configuration) {
  const { exports } = new WebAssembly.Instance(module);
  checkMemory(exports.memory);
  // An earlier instance accepted it.
  if (configuration && call(exports, 'sekisho_configure', configuration) !== 0) {
    throw new Error('a new instance refused the configuration');
  }
  return exports;
}

/** Checks what only an instance shows: 32-bit addresses, and a memory that is not shared. */
function checkMemory(memory) {
  // With 64-bit addresses this requires a BigInt, and throws.
  memory.grow(0);
  // Not `instanceof`: test runners and frames have their own `ArrayBuffer`.
  if (memory.buffer[Symbol.toStringTag] !== 'ArrayBuffer') throw new Error('its memory is shared');
}

/** Returns what the export returns: a number, or 0 if it returns nothing. */
function call(exports, name, given, argument) {
  if (!(name in exports)) {
    throw new FilterError('unsupported', `the module does not export \`${name}\``);
  }
  const n = given === null ? exports[name](argument) : callWithInput(exports, name, given, argument);
  return n | 0;
}

function callWithInput(exports, name, given, argument) {
  const isText = typeof given === 'string';
  const capacity = isText ? MAX_UNIT_BYTES * given.length : given.length;
  const address = exports.sekisho_input(capacity) >>> 0;
  if (address === 0) {
    const message = `an input of ${capacity} bytes is too long, or no memory is left`;
    throw new FilterError('too_large', message);
  }
  const buffer = view(exports, address, capacity);
  if (isText) return exports[name](address, encoder.encodeInto(given, buffer).written, argument);
  buffer.set(given);
  return exports[name](address, capacity, argument);
}

/** The output of the last call, `n` bytes, valid until the next call. */
function output(exports, n) {
  return view(exports, exports.sekisho_output() >>> 0, n);
}

/** Always a new view: memory can grow in any call, which invalidates every view. */
function view(exports, address, length) {
  const { buffer } = exports.memory;
  if (address + length > buffer.byteLength) {
    throw new RangeError(`${length} bytes at ${address} are not in its memory`);
  }
  return new Uint8Array(buffer, address, length);
}

/** The message of the last error; empty if there is none. */
function lastError(exports) {
  return text(output(exports, exports.sekisho_last_error() >>> 0));
}

/** @param {number} n */
function failure(n, message = '') {
  const [code, fallback] = ERRORS[n] ?? ['other', `error ${n}`];
  return new FilterError(code, message || fallback);
}

function fault(cause) {
  return new FilterError('fault', `the module failed: ${cause.message}`, { cause });
}

/**
 * Checks and prepares an input. A string is encoded directly into the module's memory, which takes a
 * third of the time, unless it might not fit there before it is encoded.
 *
 * @param {string | Uint8Array} record
 */
function input(record) {
  if (typeof record === 'string') {
    return MAX_UNIT_BYTES * record.length <= INPUT_BYTES ? record : encoder.encode(record);
  }
  // Not `instanceof`: test runners and frames have their own `Uint8Array`.
  if (ArrayBuffer.isView(record) && record[Symbol.toStringTag] === 'Uint8Array') return record;
  throw new TypeError('expected a string or a Uint8Array');
}

/**
 * Returns the annotated record, if it is the record with something added at one place. This check
 * keeps even a hostile module from losing a record.
 *
 * @template {string | Uint8Array} R
 * @param {R} record
 * @param {R} annotated
 * @param {number} limit of the verdict
 * @returns {R}
 */
function checkAddition(record, annotated, limit) {
  // Lone surrogates in a string were replaced when it was encoded.
  const given = typeof record === 'string' ? record.toWellFormed() : record;
  const added = annotated.length - given.length;
  checkLength(added, limit + FIELD_BYTES + EVENT_BYTES_PER_RECORD_BYTE * given.length);
  // The verdict is near the end, so this loop is short, and the engine compares the rest.
  let rest = given.length;
  while (rest > 0 && given[rest - 1] === annotated[rest - 1 + added]) rest -= 1;
  if (added > 0 && sharesPrefix(given, annotated, rest)) return annotated;
  throw new Error('the annotated record is not the record with something added');
}

/** Whether the first `length` bytes, or units of a string, are equal. */
function sharesPrefix(a, b, length) {
  // Not `startsWith`, which takes many times longer.
  if (typeof a === 'string') return a.slice(0, length) === b.slice(0, length);
  const { Buffer } = /** @type {any} */ (globalThis);
  // Not `Buffer.compare` of subarrays, which take longer to make than to compare.
  if (Buffer) return Buffer.prototype.compare.call(a, b, 0, length, 0, length) === 0;
  // Browsers have no function that compares bytes.
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** @param {number} now */
function milliseconds(now) {
  return BigInt(Math.trunc(now));
}

function copy(output) {
  return output.slice();
}

function text(output) {
  return decoder.decode(output);
}

function json(output) {
  return JSON.parse(text(output));
}

/**
 * Reads a verdict, which begins with the keys of every verdict, or an event of ECS or OCSF.
 *
 * @param {Uint8Array} output
 * @param {number} limit
 * @param {number} recordBytes
 */
function verdict(output, limit, recordBytes) {
  checkLength(output.length, limit + EVENT_BYTES_PER_RECORD_BYTE * recordBytes);
  const found = json(output);
  const names = Object.keys(found);
  if (EVENT_KEYS.includes(names[0])) return found;
  checkLength(output.length, limit);
  if (!VERDICT_KEYS.every((key, place) => names[place] === key)) {
    throw new RangeError('expected a verdict');
  }
  return found;
}

function checkLength(bytes, limit) {
  if (bytes > limit) throw new RangeError(`it returned ${bytes} bytes, at most ${limit}`);
}

function lines(output) {
  return text(output).trimEnd().split('\n').map((line) => JSON.parse(line));
}

function batch(output, limit, recordBytes) {
  const words = new DataView(output.buffer, output.byteOffset, output.length);
  const results = [];
  for (let offset = 0, lastIndex = -1; offset < output.length; ) {
    const index = words.getUint32(offset, true);
    const n = words.getInt32(offset + 4, true);
    const end = offset + 8 + Math.max(n, 0);
    if (n === 0 || index <= lastIndex || end > output.length) {
      throw new RangeError(`the output of the batch is invalid at byte ${offset}`);
    }
    const bytes = output.subarray(offset + 8, end);
    results.push({ index, n, verdict: n > 0 ? verdict(bytes, limit, recordBytes) : null });
    [offset, lastIndex] = [end, index];
  }
  return results;
}
