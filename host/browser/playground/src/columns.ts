/** The attempts and findings of a report, from what the engine emits. The program writes the same. */
import type { Emitted } from '../generated/sekisho_browser.js';
import { Interned } from './interned';
import type { Attempts, Data, FindingLine } from './report/data';

type Attempt = Extract<Emitted, { type: 'attempt' }>;
type Finding = Extract<Emitted, { type: 'finding' }>;

const TEXTS = [
  'outcome', 'reason', 'principal', 'mfa', 'user_exists', 'account', 'principal_id', 'user', 'source_ip', 'identity',
] as const;
const LISTS = ['flags', 'rules', 'silenced'] as const;
const TIMES = ['first', 'last'] as const;
const NAMES = [...TEXTS, ...LISTS, ...TIMES, 'records', 'failures_before'] as const;

export function columns(emitted: Emitted[]): Pick<Data, 'texts' | 'attempts' | 'findings'> {
  const attempts = emitted.filter((one) => one.type === 'attempt');
  const table = new Interned();
  // Typed arrays, which are handed over without a copy.
  const column = (name: keyof Attempts) => (TIMES.some((time) => time === name) ? new Float64Array(attempts.length) : new Int32Array(attempts.length));
  const columns = Object.fromEntries(NAMES.map((name) => [name, column(name)])) as Attempts;
  attempts.forEach((attempt, index) => addAttempt(columns, index, attempt, table));
  const findings: FindingLine[] = [];
  const open = new Map<string, string>();
  for (const one of emitted) if (one.type === 'finding') findings.push(finding(one, `${findings.length}`, open));
  return { texts: table.all, attempts: columns, findings };
}

function addAttempt(columns: Attempts, index: number, attempt: Attempt, table: Interned) {
  columns.first[index] = seconds(attempt.first_time);
  columns.last[index] = seconds(attempt.last_time);
  for (const name of TEXTS) columns[name][index] = table.place(attempt[name]);
  for (const name of LISTS) columns[name][index] = table.place(attempt[name]?.length ? attempt[name].join(' ') : null);
  columns.records[index] = attempt.events.length;
  columns.failures_before[index] = attempt.failures_before;
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
