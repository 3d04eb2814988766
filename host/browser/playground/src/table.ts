/**
 * The rows of the list, in the worker. They are kept in columns, and each text and each verdict once:
 * a million objects would take a gigabyte.
 */
import type { Listed, Refusal, Verdict } from '../generated/sekisho_browser.js';
import { Interned } from './interned';
import { type Bars, bars } from './report/selection';
import { OUTCOMES, type Period, periods } from './report/trail';
import { type Column, cell, outcome, rules } from './rows';

/** Which rows are listed, and in which order. */
export type Query = {
  /** Words that a row has to contain. */
  filter: string;
  outcome: string;
  sort: { column: Column; isDescending: boolean };
  /** In seconds, both included; rows without a time are in every period. */
  period?: { from: number; to: number };
};

/** A row, and its place among all rows. */
export type Row = Listed & { index: number };

/** The rows that pass. */
export type Found = {
  count: number;
  /** How many rows of each outcome pass the search and the period. */
  outcomes: Record<string, number>;
  /** The sign-ins that pass, for the chart. */
  bars: Bars;
  /** The periods of all sign-ins, and how many rows there are. */
  periods: Period[];
  total: number;
};

/** What there is of all rows. */
export type Totals = { rows: number; signins: number; unreadable: number; matching: Record<string, number> };

/** The years that the chart has room for. */
const TIME = /^\d{4}-\d\d-\d\dT/;
const TEXTS = ['event', 'user', 'source_ip', 'account', 'region'] as const;
/** The outcomes of rows: first those of sign-ins. */
const NAMES: string[] = [...OUTCOMES, 'no_signin', 'unreadable'];

export class Table {
  readonly #records: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  /** Seconds since 1970, or -1. */
  readonly #times: number[] = [];
  /** The times that are not written as usual. */
  readonly #unusualTimes = new Map<number, string | null>();
  readonly #texts = new Interned();
  readonly #columns = { event: [], user: [], source_ip: [], account: [], region: [] } as Record<(typeof TEXTS)[number], number[]>;
  readonly #verdictTexts = new Interned();
  readonly #verdicts: (Verdict | null)[] = [];
  /** The place of the verdict of each row, and how many rows have each. */
  readonly #verdict: number[] = [];
  readonly #refusals = new Map<number, Refusal>();
  /** The rows that passed last, in their order. */
  #shown: number[] = [];
  /** The periods of so many rows. */
  #periods: { rows: number; all: Period[] } = { rows: 0, all: [] };

  add(listed: Listed[]) {
    for (const row of listed) {
      const index = this.#records.push(row.record) - 1;
      this.#offsets.push(row.offset);
      this.#lengths.push(row.length);
      this.#addTime(index, row.time);
      for (const name of TEXTS) this.#columns[name].push(this.#texts.place(row[name]));
      const place = this.#verdictTexts.place(JSON.stringify(row.verdict));
      if (place === this.#verdicts.length) this.#verdicts.push(row.verdict);
      this.#verdict.push(place);
      if (row.refusal) this.#refusals.set(index, row.refusal);
    }
  }

  #addTime(index: number, text: string | null) {
    const milliseconds = TIME.test(text ?? '') ? Date.parse(text!) : NaN;
    const seconds = milliseconds >= 0 ? milliseconds / 1000 : -1;
    this.#times.push(seconds);
    if (seconds < 0 || written(seconds) !== text) this.#unusualTimes.set(index, text);
  }

  #time(index: number): string | null {
    const unusual = this.#unusualTimes.get(index);
    return unusual === undefined ? written(this.#times[index]!) : unusual;
  }

  totals(): Totals {
    const ofVerdict = this.#verdicts.map(() => 0);
    for (const place of this.#verdict) ofVerdict[place]! += 1;
    const matching: Record<string, number> = {};
    let signins = 0;
    this.#verdicts.forEach((verdict, place) => {
      if (verdict && verdict.kind !== 'not_signin') signins += ofVerdict[place]!;
      for (const id of verdict?.rules ?? []) matching[id] = (matching[id] ?? 0) + ofVerdict[place]!;
    });
    return { rows: this.#records.length, signins, unreadable: this.#refusals.size, matching };
  }

  row(index: number): Row | undefined {
    if (index >= this.#records.length) return undefined;
    return {
      ...this.#cells(index),
      index,
      record: this.#records[index]!,
      offset: this.#offsets[index]!,
      length: this.#lengths[index]!,
      time: this.#time(index),
    };
  }

  /** What a row has, but for its time and places. */
  #cells(index: number) {
    const text = (name: (typeof TEXTS)[number]) => this.#texts.all[this.#columns[name][index]!] ?? null;
    return {
      verdict: this.#verdicts[this.#verdict[index]!] ?? null,
      refusal: this.#refusals.get(index) ?? null,
      event: text('event'),
      user: text('user'),
      source_ip: text('source_ip'),
      account: text('account'),
      region: text('region'),
    };
  }

  /** Some of the rows that passed last. */
  rows(from: number, to: number): Row[] {
    return this.#shown.slice(from, to).map((index) => this.row(index)!);
  }

  /** Finds and orders the rows that pass. */
  find({ filter, outcome: wanted, sort, period }: Query): Found {
    const has = this.#search(filter.toLowerCase().split(/\s+/).filter(Boolean));
    const outcome = this.#outcomes();
    const counts = NAMES.map(() => 0);
    const shown: number[] = [];
    this.#times.forEach((time, index) => {
      if (time >= 0 && period && (time < period.from || time > period.to)) return;
      if (!has(index)) return;
      const place = outcome[index]!;
      counts[place]! += 1;
      if (wanted === 'all' || wanted === NAMES[place]) shown.push(index);
    });
    const keys = this.#keys(shown, sort.column);
    const sign = sort.isDescending ? -1 : 1;
    this.#shown = shown.sort((a, b) => sign * (keys[a]! - keys[b]!) || a - b);
    const present = new Set(outcome);
    return {
      count: shown.length,
      outcomes: Object.fromEntries(NAMES.flatMap((name, place) => (present.has(place) ? [[name, counts[place]!]] : []))),
      ...this.#chart(outcome, period),
      total: outcome.length,
    };
  }

  /** The place in `NAMES` of the outcome of each row. */
  #outcomes() {
    const places = this.#verdicts.map((verdict) => NAMES.indexOf(outcome({ verdict, refusal: null })));
    const ofRow = Uint8Array.from(this.#verdict, (place) => places[place]!);
    for (const index of this.#refusals.keys()) ofRow[index] = NAMES.indexOf('unreadable');
    return ofRow;
  }

  /** Whether a row has all words, each in one of its texts. */
  #search(words: string[]): (index: number) => boolean {
    const having = words.map((word) => {
      const contains = (texts: (string | null | undefined)[]) => texts.join(' ').toLowerCase().includes(word);
      const texts = this.#texts.all.map((text) => contains([text]));
      const verdicts = this.#verdicts.map((verdict) => {
        if (!verdict) return false;
        const { kind, outcome, reason, principal, mfa } = verdict;
        return contains([kind, outcome, reason, principal, mfa, ...rules(verdict)]);
      });
      const canBeTime = /^[-\d:.tz+]+$/.test(word);
      return (index: number) =>
        verdicts[this.#verdict[index]!]! ||
        TEXTS.some((name) => texts[this.#columns[name][index]!]) ||
        (canBeTime && contains([this.#time(index)])) ||
        contains([this.#refusals.get(index)?.message]);
    });
    return (index) => having.every((has) => has(index));
  }

  /** Numbers that are ordered as the texts of a column are. */
  #keys(indices: number[], column: Column): ArrayLike<number> {
    if (column === 'time') return this.#times;
    const texts = new Interned();
    const places = new Int32Array(this.#records.length);
    for (const index of indices) places[index] = texts.place(cell(this.#cells(index), column));
    const ranks = new Map([...texts.all].sort().map((text, rank) => [text, rank]));
    const rankOf = texts.all.map((text) => ranks.get(text)!);
    return places.map((place) => rankOf[place] ?? 0);
  }

  /** The sign-ins that pass, and the periods of all. */
  #chart(outcome: Uint8Array, period: Query['period']): Pick<Found, 'bars' | 'periods'> {
    const first = this.#times;
    const isSignin = (index: number) => first[index]! >= 0 && outcome[index]! < OUTCOMES.length;
    if (this.#periods.rows !== first.length) {
      const inTime = [...first.keys()].filter(isSignin).sort((a, b) => first[a]! - first[b]!);
      this.#periods = { rows: first.length, all: periods({ first, last: first }, inTime) };
    }
    const { all } = this.#periods;
    const whole = period ?? { from: all[0]?.from ?? 0, to: all.at(-1)?.to ?? 0 };
    return { periods: all, bars: bars({ first, outcome }, this.#shown.filter(isSignin), { ...whole, zone: 'utc' }) };
  }
}

/** A time as AWS writes it. */
const written = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
