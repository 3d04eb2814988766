/** The data of a report, from what the engine emits. The program writes the same. */
import type { Emitted } from '../generated/sekisho_browser.js';
import type { Attempts, Column, Data, FindingLine } from './report/data';
import type { State } from './state';
import { texts } from './texts';

type Attempt = Extract<Emitted, { type: 'attempt' }>;
type Finding = Extract<Emitted, { type: 'finding' }>;

/** What cannot be read is listed up to this many. */
const MESSAGES = 20;

export function reportData({ attempts = [], progress, readErrors, rows, file }: State): Data {
  const table = new Texts();
  const columns: Attempts = {
    first: [], last: [], outcome: [], reason: [], principal: [], mfa: [], user_exists: [], account: [], principal_id: [], user: [],
    source_ip: [], identity: [], flags: [], rules: [], silenced: [], records: [], failures_before: [],
  };
  const findings: FindingLine[] = [];
  const open = new Map<string, string>();
  for (const emitted of attempts) {
    if (emitted.type === 'attempt') addAttempt(columns, emitted, table);
    else findings.push(finding(emitted, `${findings.length}`, open));
  }
  const signins = rows.filter(({ verdict }) => verdict && verdict.kind !== 'not_signin').length;
  return {
    texts: table.all,
    attempts: columns,
    findings,
    read: {
      files: 1,
      records: progress?.records ?? 0,
      signins,
      without_record: progress?.without_record.count ?? 0,
      skipped: 0,
      faults: 0,
      errors: readErrors.length,
      messages: readErrors.slice(0, MESSAGES).map(({ offset, message }) => texts.readError(offset, message)),
    },
    by: { program: texts.title, module: texts.engine, command: file?.name ?? texts.records, redacted: false },
  };
}

/** Each text once. */
class Texts {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  place(text: string | null): number {
    if (text === null) return -1;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

const NAMES = [
  'outcome', 'reason', 'principal', 'mfa', 'user_exists', 'account', 'principal_id', 'user', 'source_ip', 'identity',
] as const;

function addAttempt(columns: Attempts, attempt: Attempt, table: Texts) {
  const list = (column: Column, names: string[] | null | undefined) => column.push(table.place(names?.length ? names.join(' ') : null));
  columns.first.push(seconds(attempt.first_time));
  columns.last.push(seconds(attempt.last_time));
  for (const name of NAMES) columns[name].push(table.place(attempt[name]));
  list(columns.flags, attempt.flags);
  list(columns.rules, attempt.rules);
  list(columns.silenced, attempt.silenced);
  columns.records.push(attempt.events.length);
  columns.failures_before.push(attempt.failures_before);
}

/** The engine numbers no findings: one that closes is the one with its rule and key that is open. */
function finding(found: Finding, next: string, open: Map<string, string>): FindingLine {
  const { rule, severity, count, state, matches } = found;
  const key = Object.fromEntries(Object.entries(found.key).map(([name, value]) => [name, value ?? '']));
  const same = JSON.stringify([rule, key]);
  const id = (state === 'closed' ? open.get(same) : undefined) ?? next;
  if (state === 'opened') open.set(same, id);
  return { rule, severity, key, count, first: seconds(found.first_time), last: seconds(found.last_time), id, state, matches };
}

function seconds(time: string | null) {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? -1 : Math.max(Math.floor(milliseconds / 1000), -1);
}
