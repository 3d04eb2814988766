/** No answer: pass the record on, and count. */
export class FilterError extends Error {
    /**
     * @param {Code} code
     * @param {string} sentence
     * @param {ErrorOptions} [options]
     */
    constructor(code: Code, sentence: string, options?: ErrorOptions);
    /** @readonly */
    readonly code: Code;
}
/**
 * An instance of the filter module. It is used by one thread at a time; the compiled
 * {@link Filter.module} can be handed to any number of workers.
 *
 * Where the module fails, its instance is thrown away, and the next call makes a new one with the
 * same configuration. The state of the stream of attempts is lost then: go on from a saved one.
 */
export class Filter {
    /**
     * As the constructor, but without holding up the thread; browsers compile larger modules only
     * so.
     *
     * @param {Bytes | Response | PromiseLike<Bytes | Response>} source
     */
    static load(source: Bytes | Response | PromiseLike<Bytes | Response>): Promise<Filter>;
    /**
     * @param {CompiledModule | Bytes} source the compiled module or its bytes
     * @throws {FilterError} if it is no filter module
     */
    constructor(source: CompiledModule | Bytes);
    /** How many instances were thrown away. */
    restarts: number;
    /**
     * How often there was no answer, by code.
     *
     * @type {Partial<Record<Code, number>>}
     */
    errors: Partial<Record<Code, number>>;
    /**
     * The compiled module, for the filter of another worker.
     *
     * @returns {CompiledModule}
     */
    get module(): CompiledModule;
    /**
     * Sets the configuration; what is not in it has its default.
     *
     * @param {object} configuration
     * @throws {FilterError} `refused`, and the configuration before stays in force
     */
    configure(configuration: object): void;
    /**
     * The verdict on one record; null: pass it on, there is nothing to say.
     *
     * @param {string | Uint8Array} record
     * @returns {Verdict | null}
     * @throws {FilterError} pass the record on
     */
    process(record: string | Uint8Array): Verdict | null;
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
    annotate<R extends string | Uint8Array>(record: R, onError?: (error: FilterError) => void): R extends string ? string : Uint8Array;
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
    processBatch(records: string | Uint8Array, framing: "lengths" | "lines" | "json"): Answer[];
    /**
     * Takes a record into the stream of attempts; gives what can be told now.
     *
     * @param {string | Uint8Array} record
     * @param {number} [now] the clock in milliseconds, of which only {@link tick} makes use
     * @returns {(Attempt | Finding)[]}
     * @throws {FilterError} the record was not taken in
     */
    observe(record: string | Uint8Array, now?: number): (Attempt | Finding)[];
    /**
     * Time goes on although no sign-in comes. Never to be called when old records are replayed.
     *
     * @param {number} [now]
     * @returns {(Attempt | Finding)[]}
     */
    tick(now?: number): (Attempt | Finding)[];
    /**
     * The stream is over: gives everything that is open, a part at a time as it is read.
     *
     * @returns {Generator<Attempt | Finding, void>}
     */
    flush(): Generator<Attempt | Finding, void>;
    /** The state of the stream, for {@link restore} of this module or a later one. */
    save(): Uint8Array;
    /**
     * Replaces the state of the stream by a saved one.
     *
     * @param {Uint8Array} state
     * @throws {FilterError} `refused`, and the state before stays
     */
    restore(state: Uint8Array): void;
    /** Forgets the state of the stream; the configuration stays. */
    reset(): void;
    /**
     * What the module is, how it is configured, and what this instance has counted.
     *
     * @returns {{ manifest: any, configuration: any, counters: any }}
     */
    describe(): {
        manifest: any;
        configuration: any;
        counters: any;
    };
    #private;
}
/**
 * A value of today, or one that a later version of the module adds.
 */
export type Word<Known extends string> = Known | (string & {});
/**
 * What a sign-in was. Later versions of the module may add keys.
 */
export type Verdict = {
    kind: Word<"console_login" | "mfa_check" | "role_switch" | "role_exit" | "role_renew" | "signin_token" | "password_recovery" | "account_change" | "external_idp_login" | "idc_challenge" | "idc_verification" | "idc_authentication" | "portal_session" | "other_signin" | "not_signin">;
    outcome: Word<"success" | "failure" | "denied" | "challenged" | "unknown">;
    reason: Word<"unknown_user" | "bad_password" | "bad_password_or_mfa" | "bad_factor" | "external_idp_error" | "access_denied" | "other"> | null;
    principal: Word<"root" | "iam_user" | "sso_role" | "saml_role" | "assumed_role" | "federated_user" | "identity_center_user" | "web_identity" | "aws_account" | "unknown_user" | "unknown">;
    mfa: Word<"used" | "not_used" | "pending" | "external" | "unknown">;
    user_exists: Word<"yes" | "no" | "unknown">;
    /**
     * the ids of the rules that match, only where rules are configured
     */
    rules?: string[];
};
/**
 * One attempt to sign in, of one record or several.
 */
export type Attempt = {
    type: "attempt";
    outcome: Verdict["outcome"];
    reason: Verdict["reason"];
    principal: Verdict["principal"];
    mfa: Verdict["mfa"];
    user_exists: Verdict["user_exists"];
    account: string | null;
    principal_id: string | null;
    user: string | null;
    source_ip: string | null;
    first_time: string | null;
    last_time: string | null;
    events: string[];
    failures_before: number;
    flags: Word<"abandoned_at_mfa" | "inconsistent" | "late" | "evicted">[];
    /**
     * only where rules are configured
     */
    rules?: string[];
};
/**
 * What a counted rule found.
 */
export type Finding = {
    type: "finding";
    rule: string;
    severity: unknown;
    key: Record<string, string>;
    count: number;
    first_time: string | null;
    last_time: string | null;
    events: string[];
};
/**
 * A `WebAssembly.Module`, of which Node's own types know nothing.
 */
export type CompiledModule = typeof globalThis extends {
    WebAssembly: {
        Module: new (...given: any) => infer M;
    };
} ? M : object;
/**
 * The bytes of a module.
 */
export type Bytes = ArrayBuffer | ArrayBufferView;
/**
 * The answer on one record of a batch; records that are passed on without a word have none.
 */
export type Answer = {
    index: number;
    verdict: Verdict;
} | {
    index: number;
    error: FilterError;
};
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
 */
export type Code = "out_of_range" | "malformed" | "over_limit" | "refused" | "no_memory" | "broken" | "several_records" | "other" | "fault" | "unsupported" | "not_a_filter";
