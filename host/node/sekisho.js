/**
 * Asks the filter module about CloudTrail records, in Node and in browsers.
 *
 * It is written from `plugin/ABI.md`, and the words are the same: what a method answers and when
 * stands there, at the export of the same name.
 *
 * @module
 */

/**
 * A value of today, or one that a later version of the module adds.
 *
 * @template {string} Known
 * @typedef {Known | (string & {})} Word
 */

/**
 * What a sign-in was. Later versions of the module may add keys.
 *
 * @typedef {object} Verdict
 * @property {Word<
 *   'console_login' | 'mfa_check' | 'role_switch' | 'role_exit' | 'role_renew'
 *   | 'signin_token' | 'password_recovery' | 'account_change' | 'external_idp_login'
 *   | 'idc_challenge' | 'idc_verification' | 'idc_authentication' | 'portal_session'
 *   | 'other_signin' | 'not_signin'
 * >} kind
 * @property {Word<'success' | 'failure' | 'denied' | 'challenged' | 'unknown'>} outcome
 * @property {Word<
 *   'unknown_user' | 'bad_password' | 'bad_password_or_mfa' | 'bad_factor'
 *   | 'external_idp_error' | 'access_denied' | 'other'
 * > | null} reason
 * @property {Word<
 *   'root' | 'iam_user' | 'sso_role' | 'saml_role' | 'assumed_role' | 'federated_user'
 *   | 'identity_center_user' | 'web_identity' | 'aws_account' | 'unknown_user' | 'unknown'
 * >} principal
 * @property {Word<'used' | 'not_used' | 'pending' | 'external' | 'unknown'>} mfa
 * @property {Word<'yes' | 'no' | 'unknown'>} user_exists
 * @property {string[]} [rules] the ids of the rules that match, only where rules are configured
 */

/**
 * One attempt to sign in, of one record or several.
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
 * @property {Word<'abandoned_at_mfa' | 'inconsistent' | 'late' | 'evicted'>[]} flags
 * @property {string[]} [rules] only where rules are configured
 */

/**
 * What a counted rule found.
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
 */

/**
 * A `WebAssembly.Module`, of which Node's own types know nothing.
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
 * The answer on one record of a batch; records that are passed on without a word have none.
 *
 * @typedef {{ index: number, verdict: Verdict } | { index: number, error: FilterError }} Answer
 */

/**
 * Why there is no answer. All but the last three are the errors of the ABI.
 *
 * - `out_of_range`: -1, a length in a batch reaches behind its end
 * - `malformed`: -2, not well-formed JSON or UTF-8
 * - `over_limit`: -3, nested too deep, or longer than 16 MiB
 * - `refused`: -4, the configuration, the framing or the saved state is not accepted
 * - `no_memory`: -5, no memory is left to remember a record by
 * - `broken`: -6, something inside the module; a new instance was made
 * - `several_records`: -7, to be asked about as a batch
 * - `other`: a generic error of a later version
 * - `fault`: a trap, or an answer that cannot be; a new instance was made
 * - `unsupported`: this module has no such export
 * - `not_a_filter`: these bytes are no filter module
 *
 * @typedef {'out_of_range' | 'malformed' | 'over_limit' | 'refused' | 'no_memory' | 'broken'
 *   | 'several_records' | 'other' | 'fault' | 'unsupported' | 'not_a_filter'} Code
 */

/** @type {Record<number, [Code, string]>} */
const ERRORS = {
  [-1]: ['out_of_range', 'a length reaches behind the end of the batch'],
  [-2]: ['malformed', 'not well-formed JSON or UTF-8'],
  [-3]: ['over_limit', 'nested deeper, in more envelopes or longer than the limits allow'],
  [-4]: ['refused', 'not accepted'],
  [-5]: ['no_memory', 'no memory is left to remember a record by'],
  [-6]: ['broken', 'inside the module: memory ran out, or an earlier call trapped'],
  [-7]: ['several_records', 'several records: process them as a batch'],
};

/** What every filter module exports, and what one does that keeps the state of a stream. */
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

const FRAMINGS = { lengths: 0, lines: 1, json: 2 };

/** The length of the longest input, and of the parts in which a state is restored. */
const INPUT_BYTES = 16 * 1024 * 1024;

/** The bytes of UTF-8 that a unit of a string takes at most. */
const LONGEST_UNIT = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** No answer: pass the record on, and count. */
export class FilterError extends Error {
  /**
   * @param {Code} code
   * @param {string} sentence
   * @param {ErrorOptions} [options]
   */
  constructor(code, sentence, options) {
    super(sentence, options);
    this.name = 'FilterError';
    /** @readonly */
    this.code = code;
  }
}

/**
 * An instance of the filter module. It is used by one thread at a time; the compiled
 * {@link Filter.module} can be handed to any number of workers.
 *
 * Where the module fails, its instance is thrown away, and the next call makes a new one with the
 * same configuration. The state of the stream of attempts is lost then: go on from a saved one.
 */
export class Filter {
  /** @type {CompiledModule} */
  #module;
  /** @type {any} */
  #exports = null;
  /** @type {Uint8Array | null} */
  #configuration = null;

  /** How many instances were thrown away. */
  restarts = 0;

  /**
   * How often there was no answer, by code.
   *
   * @type {Partial<Record<Code, number>>}
   */
  errors = {};

  /**
   * @param {CompiledModule | Bytes} source the compiled module or its bytes
   * @throws {FilterError} if it is no filter module
   */
  constructor(source) {
    this.#module = source instanceof WebAssembly.Module ? source : compile(source);
    checkImports(WebAssembly.Module.imports(this.#module));
    checkExports(WebAssembly.Module.exports(this.#module));
  }

  /**
   * As the constructor, but without holding up the thread; browsers compile larger modules only
   * so.
   *
   * @param {Bytes | Response | PromiseLike<Bytes | Response>} source
   */
  static async load(source) {
    const given = await source;
    // Not `compileStreaming`, which wants the server to know the type of the file.
    /** @type {any} */
    const bytes = given instanceof Response ? await given.arrayBuffer() : given;
    return new Filter(await WebAssembly.compile(bytes).catch(notAFilter));
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
   * Sets the configuration; what is not in it has its default.
   *
   * @param {object} configuration
   * @throws {FilterError} `refused`, and the configuration before stays in force
   */
  configure(configuration) {
    const bytes = encoder.encode(JSON.stringify(configuration));
    this.#status('sekisho_configure', bytes, [0]);
    this.#configuration = bytes;
  }

  /**
   * The verdict on one record; null: pass it on, there is nothing to say.
   *
   * @param {string | Uint8Array} record
   * @returns {Verdict | null}
   * @throws {FilterError} pass the record on
   */
  process(record) {
    return this.#ask('sekisho_process', input(record), undefined, json);
  }

  /**
   * The record with its verdict as one more field; the same record where it has none, and where
   * there is no answer: what this returns is always what goes on down the pipeline. Whatever the
   * module does, it is the record, with something added at one place at most.
   *
   * @template {string | Uint8Array} R
   * @param {R} record
   * @param {(error: FilterError) => void} [onError] called where there is no answer
   * @returns {R extends string ? string : Uint8Array}
   */
  annotate(record, onError) {
    const read = typeof record === 'string' ? text : copy;
    const added = (output) => checkAddition(record, read(output));
    const given = input(record);
    try {
      return this.#ask('sekisho_annotate', given, undefined, added) ?? record;
    } catch (error) {
      onError?.(error);
      return /** @type {any} */ (record);
    }
  }

  /**
   * The verdicts on many records: `lengths`, each record behind its length in 4 bytes,
   * little-endian; `lines`, NDJSON; `json`, an array, or an object with an array in `Records`,
   * `Events` or `logEvents`.
   *
   * @param {string | Uint8Array} records
   * @param {'lengths' | 'lines' | 'json'} framing
   * @returns {Answer[]} only of records with a verdict or an error
   * @throws {FilterError} if there is no answer on any of them
   */
  processBatch(records, framing) {
    if (!(framing in FRAMINGS)) throw new TypeError('a framing expected: lengths, lines or json');
    const answers = this.#ask('sekisho_process_batch', input(records), FRAMINGS[framing], batch);
    return (answers ?? []).map(({ index, n, verdict }) =>
      n > 0 ? { index, verdict } : { index, error: this.#counted(failure(n)) },
    );
  }

  /**
   * Takes a record into the stream of attempts; gives what can be told now.
   *
   * @param {string | Uint8Array} record
   * @param {number} [now] the clock in milliseconds, of which only {@link tick} makes use
   * @returns {(Attempt | Finding)[]}
   * @throws {FilterError} the record was not taken in
   */
  observe(record, now = Date.now()) {
    return this.#ask('sekisho_observe', input(record), milliseconds(now), lines) ?? [];
  }

  /**
   * Time goes on although no sign-in comes. Never to be called when old records are replayed.
   *
   * @param {number} [now]
   * @returns {(Attempt | Finding)[]}
   */
  tick(now = Date.now()) {
    return this.#ask('sekisho_tick', null, milliseconds(now), lines) ?? [];
  }

  /**
   * The stream is over: gives everything that is open, a part at a time as it is read.
   *
   * @returns {Generator<Attempt | Finding, void>}
   */
  *flush() {
    for (let told; (told = this.#ask('sekisho_flush', null, undefined, lines)); ) yield* told;
  }

  /** The state of the stream, for {@link restore} of this module or a later one. */
  save() {
    return /** @type {Uint8Array} */ (this.#ask('sekisho_save', null, undefined, copy));
  }

  /**
   * Replaces the state of the stream by a saved one.
   *
   * @param {Uint8Array} state
   * @throws {FilterError} `refused`, and the state before stays
   */
  restore(state) {
    let status = 1;
    for (let at = 0; at < state.length; at += INPUT_BYTES) {
      status = this.#status('sekisho_restore', state.subarray(at, at + INPUT_BYTES), [0, 1]);
    }
    // A part was taken last, and there is none left: an empty one has the state refused.
    if (status === 1) this.#status('sekisho_restore', new Uint8Array(), [0]);
  }

  /** Forgets the state of the stream; the configuration stays. */
  reset() {
    this.#ask('sekisho_reset', null);
  }

  /**
   * What the module is, how it is configured, and what this instance has counted.
   *
   * @returns {{ manifest: any, configuration: any, counters: any }}
   */
  describe() {
    return this.#ask('sekisho_describe', null, undefined, json);
  }

  /**
   * Makes a call that gives a status, which is to be one of those `expected`.
   *
   * @param {string} name
   * @param {Uint8Array} given
   * @param {number[]} expected
   * @throws {FilterError} counted
   */
  #status(name, given, expected) {
    const found = this.#ask(name, given);
    if (expected.includes(found)) return found;
    throw this.#counted(fault(new RangeError(`\`${name}\` answered ${found}`)));
  }

  /**
   * Makes a call, and reads its output, or gives its number where there is nothing to read with.
   *
   * @param {string} name
   * @param {string | Uint8Array | null} given
   * @param {number | bigint} [argument]
   * @param {(output: Uint8Array) => any} [read]
   * @throws {FilterError} counted
   */
  #ask(name, given, argument, read) {
    let n, sentence;
    try {
      this.#exports ??= instantiate(this.#module, this.#configuration);
      n = call(this.#exports, name, given, argument);
      if (n >= 0) {
        if (!read) return n;
        return n === 0 ? null : read(output(this.#exports, n));
      }
      sentence = lastError(this.#exports);
    } catch (error) {
      throw this.#counted(error instanceof FilterError ? error : fault(error));
    }
    throw this.#counted(failure(n, sentence));
  }

  /** @param {FilterError} error */
  #counted(error) {
    this.errors[error.code] = (this.errors[error.code] ?? 0) + 1;
    if (error.code === 'fault' || error.code === 'broken') {
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
  throw new FilterError('not_a_filter', `no WebAssembly module: ${cause.message}`, { cause });
}

function checkImports(imports) {
  const [wanted] = imports;
  if (wanted) {
    throw new FilterError('not_a_filter', `the module imports ${wanted.module}.${wanted.name}`);
  }
}

/** Names and kinds: JavaScript is not told the types of functions. */
function checkExports(exports) {
  const isThere = (wanted, kind) =>
    exports.some((found) => found.name === wanted && found.kind === kind);
  const isStateful = STATEFUL_FUNCTIONS.some((name) => isThere(name, 'function'));
  const functions = isStateful ? [...FUNCTIONS, ...STATEFUL_FUNCTIONS] : FUNCTIONS;
  const missing = functions.find((name) => !isThere(name, 'function'));
  if (missing) {
    throw new FilterError('not_a_filter', `the module does not export \`${missing}\``);
  }
  if (!isThere('memory', 'memory')) {
    throw new FilterError('not_a_filter', 'the module exports no memory');
  }
}

function instantiate(module, configuration) {
  const { exports } = new WebAssembly.Instance(module);
  checkMemory(exports.memory);
  // It was accepted before, by this module.
  if (configuration && call(exports, 'sekisho_configure', configuration) !== 0) {
    throw new Error('a new instance refused the configuration');
  }
  return exports;
}

/** What only an instance tells: that the addresses have 32 bits, and that no thread shares it. */
function checkMemory(memory) {
  // One with 64-bit addresses wants a BigInt here, and throws.
  memory.grow(0);
  // Not `instanceof`, as test runners and frames have their own `ArrayBuffer`.
  if (memory.buffer[Symbol.toStringTag] !== 'ArrayBuffer') throw new Error('its memory is shared');
}

/** What a call returned: a number, or 0 from a call that returns nothing. */
function call(exports, name, given, argument) {
  if (!(name in exports)) {
    throw new FilterError('unsupported', `the module does not export \`${name}\``);
  }
  const n = given === null ? exports[name](argument) : ask(exports, name, given, argument);
  return n | 0;
}

function ask(exports, name, given, argument) {
  const isText = typeof given === 'string';
  const capacity = isText ? LONGEST_UNIT * given.length : given.length;
  const at = exports.sekisho_input(capacity) >>> 0;
  if (at === 0) {
    const sentence = `an input of ${capacity} bytes is too long, or no memory is left`;
    throw new FilterError('over_limit', sentence);
  }
  const buffer = view(exports, at, capacity);
  if (isText) return exports[name](at, encoder.encodeInto(given, buffer).written, argument);
  buffer.set(given);
  return exports[name](at, capacity, argument);
}

/** The output of the last call, `n` bytes of it: valid until the next one. */
function output(exports, n) {
  return view(exports, exports.sekisho_output() >>> 0, n);
}

/** Memory can have grown in any call, which voids every view: always a new one. */
function view(exports, at, length) {
  const { buffer } = exports.memory;
  if (at + length > buffer.byteLength) {
    throw new RangeError(`${length} bytes at ${at} are not in its memory`);
  }
  return new Uint8Array(buffer, at, length);
}

/** Empty where the module has no sentence. */
function lastError(exports) {
  return text(output(exports, exports.sekisho_last_error() >>> 0));
}

/** @param {number} n */
function failure(n, sentence = '') {
  const [code, otherwise] = ERRORS[n] ?? ['other', `error ${n}`];
  return new FilterError(code, sentence || otherwise);
}

function fault(cause) {
  return new FilterError('fault', `the module failed: ${cause.message}`, { cause });
}

/**
 * What is handed to the module. A string is encoded in its place there, which takes a third of the
 * time; one that might not fit in then is encoded before.
 *
 * @param {string | Uint8Array} record
 */
function input(record) {
  if (typeof record === 'string') {
    return LONGEST_UNIT * record.length <= INPUT_BYTES ? record : encoder.encode(record);
  }
  // Not `instanceof`, as test runners and frames have their own `Uint8Array`.
  if (ArrayBuffer.isView(record) && record[Symbol.toStringTag] === 'Uint8Array') return record;
  throw new TypeError('a string or a Uint8Array expected');
}

/**
 * Gives the annotated record, if it is the record with something added at one place: this keeps
 * even a lying module from losing a record.
 *
 * @template {string | Uint8Array} R
 * @param {R} record
 * @param {R} annotated
 * @returns {R}
 */
function checkAddition(record, annotated) {
  // What is no Unicode in a string was replaced when it was encoded.
  const given = typeof record === 'string' ? record.toWellFormed() : record;
  const added = annotated.length - given.length;
  // From the end, where the verdict is: this takes some steps, and the engine compares the rest.
  let rest = given.length;
  while (rest > 0 && given[rest - 1] === annotated[rest - 1 + added]) rest -= 1;
  if (added > 0 && startsAlike(given, annotated, rest)) return annotated;
  throw new Error('the annotated record is another one');
}

/** Whether the first `length` bytes, or units of a string, are the same. */
function startsAlike(a, b, length) {
  // Not `startsWith`, which takes many times longer.
  if (typeof a === 'string') return a.slice(0, length) === b.slice(0, length);
  const { Buffer } = /** @type {any} */ (globalThis);
  // Not `Buffer.compare` of subarrays, which take longer to make than to compare.
  if (Buffer) return Buffer.prototype.compare.call(a, b, 0, length, 0, length) === 0;
  // Browsers have nothing that compares bytes.
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return false;
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

function lines(output) {
  return text(output).trimEnd().split('\n').map((line) => JSON.parse(line));
}

function batch(output) {
  const words = new DataView(output.buffer, output.byteOffset, output.length);
  const answers = [];
  for (let at = 0, lastIndex = -1; at < output.length; ) {
    const index = words.getUint32(at, true);
    const n = words.getInt32(at + 4, true);
    const end = at + 8 + Math.max(n, 0);
    if (n === 0 || index <= lastIndex || end > output.length) {
      throw new RangeError(`the answers to the batch break at byte ${at}`);
    }
    answers.push({ index, n, verdict: n > 0 ? json(output.subarray(at + 8, end)) : null });
    [at, lastIndex] = [end, index];
  }
  return answers;
}
