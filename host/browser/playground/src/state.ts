/** The state of the page. */
import type {
  Explanation,
  RuleMatch,
  RuleProblem,
  Rule,
  ReadError,
} from '../generated/sekisho_browser.js';
import type { Comparison } from './compare';
import type { Form } from './forms';
import type { Report } from './report/report';
import type { Row } from './table';
import type { Measured, Progress } from './worker';

/** The chosen record. */
export type Chosen = {
  index: number;
  listed: Row;
  /** The text as shown, and its offset in the editor. */
  text: string;
  start: number;
  explanation: Explanation | undefined;
  matches: RuleMatch[] | undefined;
  /** What a host returns, in the form of the state. */
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
  readErrors: ReadError[];
  progress?: Progress;
  isReading: boolean;
  chosen?: Chosen;
  /** The charts and tables of the attempts. */
  report?: Report;
  tab: 'list' | 'timeline';
  form: Form;
  /** The records that are chosen to be compared, two at most. */
  toCompare: number[];
  comparison?: Comparison;
  rules: Rule[];
  problem?: RuleProblem;
  measured?: Measured | 'running';
  /** A notice, shown for a moment. */
  notice?: string;
  theme: 'auto' | 'light' | 'dark';
};

export const state: State = {
  isStarted: false,
  readErrors: [],
  isReading: false,
  tab: 'list',
  form: 'verdict',
  toCompare: [],
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

/** Whether there is one record, and nothing to list. */
export const isSingle = ({ file, progress, readErrors }: State) => !file && progress?.rows === 1 && readErrors.length === 0;
