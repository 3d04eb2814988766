/** The state of the page. */
import type {
  Explanation,
  Listed,
  RuleMatch,
  RuleProblem,
  Rule,
  Emitted,
  ReadError,
} from '../generated/sekisho_browser.js';
import type { Report } from './report/report';
import type { Measured, Progress } from './worker';

export type Column = 'time' | 'event' | 'user' | 'source_ip' | 'outcome' | 'reason' | 'principal' | 'mfa' | 'rules';

/** The chosen record. */
export type Chosen = {
  index: number;
  listed: Listed;
  /** The text as shown, and its offset in the editor. */
  text: string;
  start: number;
  explanation: Explanation | undefined;
  matches: RuleMatch[] | undefined;
  /** The verdict as a host returns it. */
  json: string | undefined;
};

export type State = {
  /** Why the engine has crashed. */
  failed?: string;
  isStarted: boolean;
  /** The last chosen example, and its note. */
  example?: { text: string; note: string };
  /** The open file; without one, the text of the editor is read. */
  file?: { name: string; blob: Blob };
  rows: Listed[];
  readErrors: ReadError[];
  progress?: Progress;
  isReading: boolean;
  chosen?: Chosen;
  attempts?: Emitted[];
  /** Their charts and tables. */
  report?: Report;
  tab: 'list' | 'timeline';
  filter: string;
  outcome: string;
  sort: { column: Column; isDescending: boolean };
  page: number;
  rules: Rule[];
  problem?: RuleProblem;
  measured?: Measured | 'running';
  /** A notice, shown for a moment. */
  notice?: string;
  theme: 'auto' | 'light' | 'dark';
};

export const state: State = {
  isStarted: false,
  rows: [],
  readErrors: [],
  isReading: false,
  tab: 'list',
  filter: '',
  outcome: 'all',
  sort: { column: 'time', isDescending: false },
  page: 0,
  rules: [],
  theme: 'auto',
};

/** Converts a UTF-8 offset into an index of a string. */
export function utf16(text: string, bytes: number): number {
  let index = 0;
  for (let count = 0; count < bytes && index < text.length; ) {
    const code = text.codePointAt(index)!;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += code < 0x10000 ? 1 : 2;
  }
  return index;
}
