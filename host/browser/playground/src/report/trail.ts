/** The attempts of a report, ready to be counted. */
import type { Attempts, Data, FindingLine } from './data';
import { HIDDEN } from './words';

export const OUTCOMES = ['success', 'failure', 'denied', 'challenged', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Longer silence divides a trail into periods. */
const SILENCE = 14 * 86_400;

/** Whom an attempt is counted for. */
export type Person = { name: string; id: string; attempts: number };

/** A stretch of time with attempts. */
export type Period = { from: number; to: number; attempts: number };

/** A finding with its totals. */
export type Finding = FindingLine & { opened: number };

export type Trail = {
  data: Data;
  attempts: Attempts;
  /** The indices of all attempts, in order of time. */
  order: number[];
  /** For each attempt, the place of its outcome in `OUTCOMES`. */
  outcome: Uint8Array;
  /** For each attempt, the place of its person. */
  person: Uint32Array;
  people: Person[];
  periods: Period[];
  findings: Finding[];
};

export function trail(data: Data): Trail {
  const { attempts } = data;
  const count = attempts.first.length;
  const order = Array.from({ length: count }, (_, index) => index);
  order.sort((a, b) => attempts.first[a]! - attempts.first[b]! || a - b);
  const places = new Map<string, number>(OUTCOMES.map((name, place) => [name, place]));
  const ofText = data.texts.map((text) => places.get(text) ?? OUTCOMES.length - 1);
  const outcome = Uint8Array.from(attempts.outcome, (text) => ofText[text] ?? OUTCOMES.length - 1);
  const { person, people } = persons(data);
  return { data, attempts, order, outcome, person, people, periods: periods(attempts, order), findings: findings(data) };
}

export const text = ({ texts }: Data, index: number | undefined) => (index === undefined ? null : (texts[index] ?? null));

const UNKNOWN = '(not known)';

function persons(data: Data) {
  const { attempts, texts } = data;
  const count = attempts.first.length;
  const person = new Uint32Array(count);
  const people: Person[] = [];
  const known = new Map<number, number>();
  for (let index = 0; index < count; index += 1) {
    const [identity, user] = [attempts.identity[index]!, attempts.user[index]!];
    const exists = texts[attempts.user_exists[index]!];
    // A name that somebody typed is no id: it has keys of its own.
    const key = identity >= 0 ? identity : user >= 0 ? texts.length + user : exists === 'no' ? -1 : -2;
    let place = known.get(key);
    if (place === undefined) {
      place = people.length;
      known.set(key, place);
      const id = texts[identity] ?? '';
      const name = texts[user] ?? (id ? session(id, text(data, attempts.principal[index])) : key === -1 ? HIDDEN : UNKNOWN);
      people.push({ name, id, attempts: 0 });
    }
    people[place]!.attempts += 1;
    person[index] = place;
  }
  return { person, people };
}

/** The session in the id of a role, `root`, or the id itself. */
function session(id: string, principal: string | null) {
  if (principal === 'root') return 'root';
  const colon = id.indexOf(':');
  return colon < 0 ? id : id.slice(colon + 1);
}

/** The stretches with attempts, from their times and their order in time. */
export function periods({ first, last }: Pick<Attempts, 'first' | 'last'>, order: number[]): Period[] {
  const periods: Period[] = [];
  for (const index of order) {
    const [from, to] = [first[index]!, Math.max(first[index]!, last[index]!)];
    if (from < 0) continue;
    const current = periods.at(-1);
    if (current && from - current.to <= SILENCE) {
      current.to = Math.max(current.to, to);
      current.attempts += 1;
    } else periods.push({ from, to, attempts: 1 });
  }
  return periods;
}

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'];
const rank = (severity: string | null) => (SEVERITIES.indexOf(severity ?? '') + 6) % 6;

/** One finding for the line with which it opened and that with its totals; the most severe first. */
function findings({ findings }: Data): Finding[] {
  const merged: Finding[] = [];
  const opened = new Map<string, Finding>();
  for (const line of findings) {
    const before = line.id === null ? undefined : opened.get(line.id);
    if (before && line.state === 'closed') {
      const { count, last, state, matches } = line;
      Object.assign(before, { count, last, state, matches });
      continue;
    }
    const finding = { ...line, opened: line.last };
    merged.push(finding);
    if (line.id !== null) opened.set(line.id, finding);
  }
  return merged.sort((a, b) => rank(a.severity) - rank(b.severity) || a.first - b.first);
}
