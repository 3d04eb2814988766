/** What is on the page. */
import type {
  Explanation,
  Listed,
  RuleMatch,
  RuleProblem,
  Rule,
  Told,
  Unread,
} from '../generated/sekisho_browser.js';
import type { Measured, Progress } from './worker';

export type Column = 'time' | 'event' | 'user' | 'source_ip' | 'outcome' | 'reason' | 'principal' | 'mfa' | 'rules';

/** The record that is looked at. */
export type Chosen = {
  index: number;
  listed: Listed;
  /** The text as it is shown, and where in the editor it begins. */
  text: string;
  start: number;
  explanation: Explanation | undefined;
  matches: RuleMatch[] | undefined;
  /** The verdict as a host gives it. */
  json: string | undefined;
};

export type State = {
  /** Why the engine does not run. */
  failed?: string;
  isStarted: boolean;
  /** The example that was chosen last, and what is to be said of it. */
  example?: { text: string; note: string };
  /** The file that is read; without one, the editor's text is. */
  file?: { name: string; blob: Blob };
  rows: Listed[];
  unread: Unread[];
  progress?: Progress;
  isReading: boolean;
  chosen?: Chosen;
  attempts?: Told[];
  tab: 'list' | 'timeline';
  filter: string;
  outcome: string;
  sort: { column: Column; isDescending: boolean };
  page: number;
  rules: Rule[];
  problem?: RuleProblem;
  measured?: Measured | 'running';
  /** What just happened, for a moment. */
  notice?: string;
  theme: 'auto' | 'light' | 'dark';
};

export const state: State = {
  isStarted: false,
  rows: [],
  unread: [],
  isReading: false,
  tab: 'list',
  filter: '',
  outcome: 'all',
  sort: { column: 'time', isDescending: false },
  page: 0,
  rules: [],
  theme: 'auto',
};

/** Where in a text the byte is that comes after so many of its UTF-8. */
export function utf16(text: string, bytes: number): number {
  let at = 0;
  for (let passed = 0; passed < bytes && at < text.length; ) {
    const code = text.codePointAt(at)!;
    passed += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code < 0x10000 ? 1 : 2;
  }
  return at;
}
