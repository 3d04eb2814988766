/** The files that the tools of AWS and log stores write, from the data outside the repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Page, expect, test } from '@playwright/test';
import { listed as answered, drop, open, rows, zstd } from './page';

type Shape = { name: string; file: string; each: string; join: string };

const data = process.env.SEKISHO_DATA;
const path = join(data ?? '', 'file_shapes.json');
const shapes: Shape[] = data ? JSON.parse(readFileSync(path, 'utf8')) : [];
if (!data) console.log('SKIPPED: file_shapes.json: SEKISHO_DATA is not set');

/** Whether a record is not in an envelope, and is listed by its time. */
const isBare = (record: Record<string, unknown>) =>
  ['eventSource', 'eventName', 'eventTime'].every((key) => typeof record[key] === 'string');

/** Sign-ins of every kind, and others that are none. */
const records = [...rows('today.jsonl'), ...rows('lookalikes.jsonl')]
  .filter(({ error }) => error === undefined)
  .map(({ input }) => input.toString())
  .filter((record) => isBare(JSON.parse(record)));

/** A file of a shape, with these records. */
function fill({ file, each, join }: Shape, records: string[]) {
  const items = records.map((record) => {
    const value = JSON.parse(record);
    return each
      .replace('@TEXT', () => JSON.stringify(record))
      .replace('@RECORD', () => record)
      .replace('@RAW', () => record)
      .replace('@PRETTY', () => JSON.stringify(value, null, 2))
      .replace('@CSV', () => `"${record.replaceAll('"', '""')}"`)
      .replace(/@F\((\w+)\)/g, (_, name) => JSON.stringify(value[name] ?? null));
  });
  return file.replace('@EACH', () => items.join(join));
}

/** The verdicts on the records of a file, in order. */
async function verdicts(page: Page, file: string) {
  const { rows, read_errors } = await answered(page, file);
  return [...rows.map(({ verdict, refusal }) => verdict ?? refusal), ...read_errors];
}

test('each shape has the verdicts of the bare records', async ({ page }) => {
  test.skip(!data, 'SEKISHO_DATA is not set');
  await open(page);
  expect(shapes.length).toBeGreaterThanOrEqual(15);
  expect(records.length).toBeGreaterThan(50);
  const bare = await verdicts(page, records.join('\n'));
  expect(bare.length).toBeGreaterThan(30);
  for (const shape of shapes) {
    expect(await verdicts(page, fill(shape, records)), shape.name).toEqual(bare);
  }
});

for (const shape of shapes) {
  test(`dropped: ${shape.name}`, async ({ page }) => {
    await open(page);
    await drop(page, 'bare.ndjson', Buffer.from(records.join('\n')));
    const expected = await listed(page, 'bare.ndjson');
    await drop(page, 'export', Buffer.from(fill(shape, records)));
    expect(await listed(page, 'export')).toEqual(expected);
  });
}

test('a compressed file of a shape', async ({ page }) => {
  test.skip(!data, 'SEKISHO_DATA is not set');
  await open(page);
  const file = Buffer.from(fill(shapes[0]!, records));
  await drop(page, 'export', file);
  const expected = await listed(page, 'export');
  await drop(page, 'export.gz', gzipSync(file));
  expect(await listed(page, 'export.gz')).toEqual(expected);
  await drop(page, 'export.zst', await zstd(file));
  expect(await listed(page, 'export.zst')).toEqual(expected);
});

/** What is listed of a file: the number of each outcome, and the rows. */
async function listed(page: Page, file: string) {
  await expect(page.locator('#records-bar')).toContainText(`${file}:`);
  await expect(page.locator('#speed')).toContainText('read in');
  await expect(page.locator('.list tbody')).toContainText('failure');
  return [await page.locator('.outcomes').innerText(), await page.locator('.list tbody').innerText()];
}
