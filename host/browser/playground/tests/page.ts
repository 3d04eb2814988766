/** What tests do with the page, and the rows they hold it to. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compress, init } from '@bokuweb/zstd-wasm';
import { type Page, expect } from '@playwright/test';

const cases = join(import.meta.dirname, '../../../../tests/cases');

/** A row of tests/cases: its input as bytes, and the JSON of its verdict. */
export type Row = { name: string; input: Buffer; verdict?: string; error?: number };

function row(line: string): Row {
  const { name, record, text, base64, error } = JSON.parse(line);
  const verdict = line.match(/,"verdict":(null|\{[^{}]*\})\}$/)?.[1];
  if (record === undefined) return { name, input: Buffer.from(text ?? base64, base64 ? 'base64' : 'utf8'), verdict, error };
  // The record's bytes are those in the row.
  const end = line.search(/,"(verdict|error)":(null|-?\d+|\{[^{}]*\})\}$/);
  return { name, input: Buffer.from(line.slice(line.indexOf('"record":') + 9, end)), verdict, error };
}

const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n');
const inside = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

export const rows = (file: string): Row[] => lines(join(cases, file)).map(row);

export const allRows = () => inside(cases).flatMap(rows);

/** Some rows of tests/cases/forms in a form, without rules: a record, and its event. */
export const formRows = (form: string) =>
  lines(join(cases, 'forms/records.jsonl'))
    .map((line) => ({ line, row: JSON.parse(line) }))
    .filter(({ row }) => row.result && JSON.stringify(row.configuration) === JSON.stringify({ form }))
    .filter((_, index) => index % 8 === 0)
    .map(({ line }) => ({
      record: line.slice(line.indexOf('"record":') + 9, line.lastIndexOf(',"result":{')),
      result: line.slice(line.lastIndexOf(',"result":{') + 10, line.lastIndexOf(',"annotated":')),
    }));

/** The sequences: records, and the attempts that they must give. */
export const sequences = () =>
  inside(join(cases, 'sequences')).flatMap((name) =>
    lines(join(cases, 'sequences', name)).map((line) => JSON.parse(line)),
  );

/** The inputs with JSON in base64, and the verdicts on the records in them. */
export const encoded = (): { name: string; text: string; verdicts: object[] }[] =>
  lines(join(cases, 'encoded/encoded.jsonl')).map((line) => JSON.parse(line));

const compressor = init();

/** Compresses by zstd. */
export async function zstd(bytes: Buffer) {
  await compressor;
  return Buffer.from(compress(bytes, 3));
}

/** The page with its engine running. */
export async function open(page: Page, hash = '') {
  await page.goto(`./${hash}`);
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeEnabled();
}

export const records = (page: Page) => page.locator('#records-editor .cm-content');
export const rules = (page: Page) => page.locator('#rules-editor .cm-content');
export const verdict = (page: Page) => page.locator('.verdict');
export const count = (page: Page) => page.locator('.counts');

/** Replaces the text of an editor by pasting. */
export async function write(page: Page, editor: ReturnType<typeof records>, text: string) {
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** Drops a file onto the editor that holds `part` so many times. */
export async function drop(page: Page, name: string, part: Buffer, times = 1) {
  await page.evaluate(
    ({ name, base64, times }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(Array<BlobPart>(times).fill(bytes), name));
      const editor = document.querySelector('#records-editor .cm-content')!;
      editor.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name, base64: part.toString('base64'), times },
  );
}

/** The listed records of a text, and what of it cannot be read, as the engine gives them. */
export const listed = (page: Page, text: string) =>
  page.evaluate(async (text) => {
    const read_errors: unknown[] = [];
    await sekisho.read(new Blob([text]), 'answered', (part) => read_errors.push(...part.read_errors));
    const { count } = await sekisho.find({ filter: '', outcome: 'all', sort: { column: 'time', isDescending: false } });
    const rows = await sekisho.rows(0, count);
    return { rows: rows.sort((a, b) => a.index - b.index), read_errors };
  }, text);

/** The rows of the list that are on the page. */
export const onPage = (page: Page) => page.locator('.list tbody tr');

/** Watches how long the page does not answer. Called before the page is opened. */
export async function watchFreezes(page: Page) {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as { longest: number };
    watched.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.longest = Math.max(watched.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** The longest freeze since the last call, in milliseconds; 0 if each was shorter than 50. */
export const longestFreeze = (page: Page) =>
  page.evaluate(() => {
    const watched = globalThis as unknown as { longest: number };
    const { longest } = watched;
    watched.longest = 0;
    return longest;
  });
