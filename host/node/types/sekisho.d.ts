/** A call failed: pass the record on, and count it. */
export class FilterError extends Error {
    /**
     * @param {Code} code
     * @param {string} message
     * @param {ErrorOptions} [options]
     */
    constructor(code: Code, message: string, options?: ErrorOptions);
    /** @readonly */
    readonly code: Code;
}
/**
 * An instance of the filter module, for one thread. The compiled {@link Filter.module} can be sent
 * to any number of workers.
 *
 * If the module fails, its instance is dropped, and the next call makes a new one with the same
 * configuration. The state of the stream of attempts is then lost: restore a saved one.
 */
export class Filter {
    /**
     * Does what the constructor does, without blocking the thread. Browsers require this for larger
     * modules.
     *
     * @param {Bytes | Response | PromiseLike<Bytes | Response>} source
     */
    static load(source: Bytes | Response | PromiseLike<Bytes | Response>): Promise<Filter>;
    /**
     * @param {CompiledModule | Bytes} source the compiled module or its bytes
     * @throws {FilterError} if it is not a filter module
     */
    constructor(source: CompiledModule | Bytes);
    /** The number of instances that were dropped. */
    restarts: number;
    /**
     * The number of errors, by code.
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
     * Sets the configuration. Missing keys have their defaults.
     *
     * @param {object} configuration
     * @throws {FilterError} `refused`; the previous configuration stays
     */
    configure(configuration: object): void;
    /**
     * Classifies one record. Null: it is not a sign-in, and no configured rule matches it.
     *
     * @param {string | Uint8Array} record
     * @returns {Verdict | null}
     * @throws {FilterError} pass the record on
     */
    process(record: string | Uint8Array): Verdict | null;
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
    annotate<R extends string | Uint8Array>(record: R, onError?: (error: FilterError) => void): R extends string ? string : Uint8Array;
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
    processBatch(records: string | Uint8Array, framing: "lengths" | "lines" | "json"): BatchResult[];
    /**
     * Adds a record to the stream of attempts. Returns the attempts and findings that are complete
     * now.
     *
     * @param {string | Uint8Array} record
     * @param {number} [now] the clock in milliseconds, which only {@link tick} uses
     * @returns {(Attempt | Finding)[]}
     * @throws {FilterError} the record was not added
     */
    observe(record: string | Uint8Array, now?: number): (Attempt | Finding)[];
    /**
     * Advances the clock of the stream without a record. Do not call it when you replay old records.
     *
     * @param {number} [now]
     * @returns {(Attempt | Finding)[]}
     */
    tick(now?: number): (Attempt | Finding)[];
    /**
     * Ends the stream: yields all open attempts. It makes a call for each part as it is read.
     *
     * @returns {Generator<Attempt | Finding, void>}
     */
    flush(): Generator<Attempt | Finding, void>;
    /** Returns the state of the stream, for {@link restore} in this module or a later one. */
    save(): Uint8Array;
    /**
     * Replaces the state of the stream by a saved one.
     *
     * @param {Uint8Array} state
     * @throws {FilterError} `refused`; the previous state stays
     */
    restore(state: Uint8Array): void;
    /** Clears the state of the stream; the configuration stays. */
    reset(): void;
    /**
     * Describes the module, its configuration, and the counters of this instance.
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
 * A known value, or one that a later version of the module adds.
 */
export type Extensible<Known extends string> = Known | (string & {});
/**
 * The classification of a record. Later versions of the module may add keys.
 */
export type Verdict = {
    kind: Extensible<"console_login" | "mfa_check" | "role_switch" | "role_exit" | "role_renew" | "signin_token" | "password_recovery" | "account_change" | "external_idp_login" | "idc_challenge" | "idc_verification" | "idc_authentication" | "portal_session" | "portal_token" | "portal_refresh" | "role_credentials" | "oauth_authorization" | "oauth_token" | "oauth_refresh" | "other_signin" | "not_signin">;
    outcome: Extensible<"success" | "failure" | "denied" | "challenged" | "unknown">;
    reason: Extensible<"unknown_user" | "bad_password" | "bad_password_or_mfa" | "bad_factor" | "external_idp_error" | "resource_policy" | "resource_control_policy" | "access_denied" | "other"> | null;
    principal: Extensible<"root" | "iam_user" | "sso_role" | "saml_role" | "assumed_role" | "federated_user" | "identity_center_user" | "directory_user" | "web_identity" | "aws_account" | "unknown_user" | "unknown">;
    mfa: Extensible<"used" | "not_used" | "pending" | "external" | "unknown">;
    user_exists: Extensible<"yes" | "no" | "unknown">;
    /**
     * the ids of the rules that match; present only if rules are configured
     */
    rules?: string[];
    /**
     * the ids of the rules for which it is silenced; absent if none
     */
    silenced?: string[];
    /**
     * the positions of the entries of `silence` that did it
     */
    silenced_by?: number[];
};
/**
 * One attempt to sign in, made of one or more records.
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
    flags: Extensible<"abandoned_at_mfa" | "inconsistent" | "late" | "evicted">[];
    /**
     * the id to count by; null if nobody knows who it was
     */
    identity: string | null;
    /**
     * the last record of the sign-in to Identity Center before it; only
     * for the console sign-in of an Identity Center role that came from one
     */
    follows?: string;
    /**
     * present only if rules are configured
     */
    rules?: string[];
    /**
     * the ids of the rules for which it is silenced; absent if none
     */
    silenced?: string[];
    /**
     * the positions of the entries of `silence` that did it
     */
    silenced_by?: number[];
};
/**
 * The condition of a correlation rule is met.
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
    /**
     * with `"findings":"lifecycle"`: the same when it opens and when it closes
     */
    id?: string;
    /**
     * with `"findings":"lifecycle"`
     */
    state?: Extensible<"opened" | "closed">;
    /**
     * when it closes: how many matches it has
     */
    matches?: number;
    /**
     * when it closes: how many different values were counted
     */
    values?: number | null;
};
/**
 * A `WebAssembly.Module`, which the types of Node do not declare.
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
 * The result of one record of a batch. A record without a verdict or an error has none.
 */
export type BatchResult = {
    index: number;
    verdict: Verdict;
} | {
    index: number;
    error: FilterError;
};
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
 */
export type Code = "range" | "malformed" | "too_large" | "refused" | "state_full" | "internal" | "several_records" | "other" | "fault" | "unsupported" | "not_a_filter";
