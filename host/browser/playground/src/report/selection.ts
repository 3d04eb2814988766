/** What of a trail is shown. */
import { type Finding, OUTCOMES, type Outcome, type Period, type Trail, text } from './trail';
import { DAY, HOUR, MINUTE, type Zone, floor, hourOfWeek } from './time';

export type Stretch = {
  /** In seconds, both included. */
  from: number;
  to: number;
  zone: Zone;
};

export type Selection = Stretch & {
  outcomes: Set<Outcome>;
  person?: number;
  /** A text of `source_ip`. */
  address?: number;
};

/** The shortest stretch that is shown, in seconds. */
const SHORTEST = 60;

/** A stretch that is not too short to be shown. */
export const shown = <T extends { from: number; to: number }>(stretch: T): T => ({
  ...stretch,
  to: Math.max(stretch.to, stretch.from + SHORTEST),
});

/** A stretch that is moved by a part of its length, or so many times as long. */
export function moved({ from, to }: Stretch, by: number, times: number) {
  const [middle, half] = [(from + to) / 2 + (to - from) * by, Math.max(((to - from) * times) / 2, SHORTEST / 2)];
  return { from: Math.floor(middle - half), to: Math.ceil(middle + half) };
}

/** Everything in the period with the most attempts. */
export function selection({ periods }: Trail, zone: Zone = 'utc'): Selection {
  const largest = periods.reduce<Period | undefined>((a, b) => (a && a.attempts >= b.attempts ? a : b), undefined);
  return { from: largest?.from ?? 0, to: largest?.to ?? 0, outcomes: new Set(OUTCOMES), zone };
}

/** The indices of the selected attempts, in order of time. Those without a time are in all periods. */
export function selected(trail: Trail, { from, to, outcomes, person, address }: Selection): number[] {
  const { attempts, order, outcome } = trail;
  const isShown = OUTCOMES.map((name) => outcomes.has(name));
  return order.filter((index) => {
    const time = attempts.first[index]!;
    return (
      (time < 0 || (time >= from && time <= to)) &&
      isShown[outcome[index]!] &&
      (person === undefined || trail.person[index] === person) &&
      (address === undefined || attempts.source_ip[index] === address)
    );
  });
}

/** The lengths of a bar of the chart, in seconds, and how many of each there may be. */
const INTERVALS: [seconds: number, most: number][] = [
  [MINUTE, 90],
  [5 * MINUTE, 90],
  [15 * MINUTE, 96],
  [HOUR, 800],
  [6 * HOUR, 400],
  [DAY, 400],
  [7 * DAY, 600],
  [28 * DAY, 600],
  [364 * DAY, 0],
];

export type Bars = { interval: number; begins: number[]; counts: number[][] };

/** The time of each attempt, and the place of its outcome in `OUTCOMES`. */
type Counted = { first: ArrayLike<number>; outcome: ArrayLike<number> };

/** How many attempts there are of each outcome in each interval. */
export function bars({ first, outcome }: Counted, indices: number[], { from, to, zone }: Stretch): Bars {
  const [interval] = INTERVALS.find(([seconds, most]) => (to - from) / seconds <= most) ?? INTERVALS.at(-1)!;
  const begins: number[] = [];
  // One more at each end, so that a single bar is not as wide as the chart.
  const [begin, end] = [floor(from, interval, zone) - interval, floor(to, interval, zone) + interval];
  for (let at = begin; at <= end; at += interval) begins.push(at);
  const counts = OUTCOMES.map(() => new Array<number>(begins.length).fill(0));
  for (const index of indices) {
    const time = first[index]!;
    if (time >= 0) counts[outcome[index]!]![Math.floor((time - begin) / interval)]! += 1;
  }
  return { interval, begins, counts };
}

/** How many attempts there are in each hour of a week. */
export function heat(trail: Trail, indices: number[], zone: Zone): number[] {
  const hours = new Array<number>(168).fill(0);
  for (const index of indices) {
    const time = trail.attempts.first[index]!;
    if (time >= 0) hours[hourOfWeek(time, zone)]! += 1;
  }
  return hours;
}

/** A person at an address. */
export type Pair = {
  person: number;
  address: number;
  attempts: number;
  successes: number;
  failures: number;
  first: number;
  last: number;
  factors: Set<number>;
};

/** Who came from where, most attempts first. */
export function pairs(trail: Trail, indices: number[]): Pair[] {
  const { attempts, person, outcome } = trail;
  const pairs = new Map<number, Pair>();
  const width = trail.data.texts.length + 1;
  for (const index of indices) {
    const address = attempts.source_ip[index]!;
    const key = person[index]! * width + address + 1;
    let pair = pairs.get(key);
    if (!pair) {
      const none = { attempts: 0, successes: 0, failures: 0, first: -1, last: -1, factors: new Set<number>() };
      pairs.set(key, (pair = { person: person[index]!, address, ...none }));
    }
    const time = attempts.first[index]!;
    pair.attempts += 1;
    if (outcome[index] === 0) pair.successes += 1;
    else if (outcome[index]! < 3) pair.failures += 1;
    if (time >= 0) {
      if (pair.first < 0) pair.first = time;
      pair.last = Math.max(pair.last, attempts.last[index]!);
    }
    pair.factors.add(attempts.mfa[index]!);
  }
  return [...pairs.values()].sort((a, b) => b.attempts - a.attempts || a.first - b.first);
}

const KEYS = ['account', 'principal_id', 'user', 'source_ip', 'identity'] as const;

/** The attempts in the time of a finding that have all its keys. */
export function attemptsOf(trail: Trail, finding: Finding): number[] {
  const { attempts, order, data } = trail;
  const wanted = KEYS.filter((name) => name in finding.key);
  const begin = lowerBound(order, attempts.first, finding.first - HOUR);
  const found: number[] = [];
  for (let place = begin; place < order.length; place += 1) {
    const index = order[place]!;
    if (attempts.first[index]! > finding.last) break;
    const isInside = attempts.last[index]! >= finding.first;
    if (isInside && wanted.every((name) => text(data, attempts[name][index]) === finding.key[name])) found.push(index);
  }
  return found;
}

/** The first place in `order` whose time is not before `from`. */
function lowerBound(order: number[], times: ArrayLike<number>, from: number) {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[order[middle]!]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
