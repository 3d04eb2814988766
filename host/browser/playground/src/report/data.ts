/** What a report shows: the JSON in its file. */

/** A number for each attempt: a list in JSON, typed arrays from the worker of the playground. */
export type Column = number[] | Float64Array | Int32Array;

/**
 * The attempts, one column for each property. Times are seconds since 1970, or -1. The other columns
 * with a text have an index of `texts`, or -1 for null; flags and rules are joined by spaces.
 */
export type Attempts = {
  first: Column;
  last: Column;
  outcome: Column;
  reason: Column;
  principal: Column;
  mfa: Column;
  user_exists: Column;
  account: Column;
  principal_id: Column;
  user: Column;
  source_ip: Column;
  identity: Column;
  flags: Column;
  rules: Column;
  silenced: Column;
  records: Column;
  failures_before: Column;
};

/** A finding as it opened or closed; both have the same `id`. */
export type FindingLine = {
  rule: string;
  severity: string | null;
  key: Record<string, string>;
  count: number;
  first: number;
  last: number;
  id: string | null;
  state: string | null;
  matches: number | null;
};

export type Data = {
  texts: string[];
  attempts: Attempts;
  findings: FindingLine[];
  /** What was read, and what could not be. */
  read: {
    files: number;
    records: number;
    signins: number | null;
    without_record: number;
    skipped: number;
    faults: number;
    errors: number;
    /** The first errors. */
    messages: string[];
  };
  /** What made the report. */
  by: { program: string; module: string; command: string; redacted: boolean };
};
