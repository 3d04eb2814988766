/** Files: packed or not, small or large, sound or damaged. */
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { count, drop, open, records, rows, verdict, write, zstd } from './page';

const login = rows('today.jsonl').find(({ name }) => name === 'today-iam-user-bad-password')!.input;
const other = Buffer.from('{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}');
const file = (records: Buffer[]) => Buffer.from(`{"Records":[${records.join(',')}]}`);

test('a dropped file of CloudTrail, packed', async ({ page }) => {
  await open(page);
  await drop(page, 'trail.json.gz', gzipSync(file([other, login, other])));
  await expect(count(page)).toContainText('3 records, 1 sign-in');
  await expect(verdict(page)).toHaveText('An IAM user failed to sign in to the console: wrong password.');
  await expect(records(page)).toContainText('"eventName": "ConsoleLogin"');
  // What is shown of a file is not to be changed.
  await expect(records(page)).toHaveAttribute('contenteditable', 'false');
});

test('files compressed by zstd', async ({ page }) => {
  await open(page);
  const skippable = Buffer.from([0x51, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0]);
  const frames = Buffer.concat([skippable, await zstd(file([other, login, other]))]);
  await drop(page, 'trail.json.zst', frames, 3);
  await expect(count(page)).toContainText('9 records, 3 sign-ins');
  await expect(verdict(page)).toHaveText('An IAM user failed to sign in to the console: wrong password.');
});

test('200 MB of zstd are read', async ({ page }) => {
  test.slow();
  await open(page);
  const fill = JSON.stringify({ eventSource: 's3.amazonaws.com', note: 'x'.repeat(1000) });
  const part = await zstd(Buffer.from(`${login}\n${`${fill}\n`.repeat(1000)}`));
  await drop(page, 'large.ndjson.zst', part, 200);
  await expect(count(page)).toContainText('200,200 records, 200 sign-ins', { timeout: 60_000 });
});

test('without the script for zstd, the page says so', async ({ page, context }) => {
  await open(page);
  await context.setOffline(true);
  await drop(page, 'trail.json.zst', await zstd(login));
  await expect(page.locator('#answer')).toContainText('zstd.js could not be loaded');
});

test('what was written before a file stays', async ({ page }) => {
  await open(page);
  await write(page, records(page), '{"eventName":"mine"}');
  await drop(page, 'trail.json', file([login]));
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'failure');
  await page.getByRole('button', { name: 'Close file' }).click();
  await expect(records(page)).toHaveText('{"eventName":"mine"}');
  await expect(verdict(page)).toContainText('Not a sign-in record');
});

test('200 MB are read, and unreadable records are counted', async ({ page }) => {
  test.slow();
  await open(page);
  // Few sign-ins, one broken record in each part.
  const fill = Buffer.from(JSON.stringify({ eventSource: 's3.amazonaws.com', note: 'x'.repeat(1000) }));
  const part = Buffer.from(`${[login, ...Array(1000).fill(fill), '{"broken'].join('\n')}\n`);
  const times = Math.ceil(200e6 / part.length);
  await drop(page, 'large.ndjson', part, times);
  const all = (1002 * times).toLocaleString('en');
  await expect(count(page)).toContainText(`${all} records, ${times} sign-ins`, { timeout: 60_000 });
  await expect(page.locator('.chip.unreadable')).toContainText(String(times));
  await expect(page.locator('progress')).toHaveCount(0);
});

test('reading can be stopped', async ({ page }) => {
  await open(page);
  const part = Buffer.from(`${Array(2000).fill(login).join('\n')}\n`);
  await drop(page, 'large.ndjson', part, 80);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('progress')).toHaveCount(0);
  await page.locator('[data-example="article-2"]').click();
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'success');
});

test('files that cannot be read say why', async ({ page }) => {
  await open(page);
  const whole = await zstd(Buffer.concat(Array(100).fill(Buffer.concat([login, Buffer.from('\n')]))));
  await drop(page, 'trail.json.zst', whole.subarray(0, whole.length - 20));
  await expect(page.locator('#answer')).toContainText('the zstd data is cut short');
  whole.fill(0x55, 40, 80);
  await drop(page, 'trail.json.zst', whole);
  await expect(page.locator('#answer')).toContainText(/the zstd data (is damaged|cannot be decompressed)/);
  const packed = gzipSync(file([login]));
  await drop(page, 'trail.json.gz', packed.subarray(0, packed.length - 20));
  await expect(page.locator('#answer')).toContainText('the gzip data is cut short');
});

test('files without any record say so', async ({ page }) => {
  await open(page);
  for (const [name, text, reason] of [
    ['empty.json', '[]', ''],
    ['nothing.json', '', ''],
    ['prices.json', '{"prices":[{"bread":3},{"milk":2}]}', 'keys prices'],
    ['prices.csv', 'name,price\nbread,3\n', 'unreadable'],
    ['history.csv', 'Event ID,Event time,User name,Event source,Event name\n1,2,3,4,5\n', 'CSV of Event history lacks'],
    ['trail.parquet', 'PAR1\x15\x04', 'Parquet is not read'],
  ] as const) {
    await drop(page, name, Buffer.from(text));
    await expect(page.locator('#records-bar'), name).toContainText(`${name}:`);
    await expect(page.locator('#no-record'), name).toHaveText('There is no CloudTrail record in it.');
    await expect(page.locator('#answer'), name).toContainText(reason);
  }
  await drop(page, 'trail.json', file([other]));
  await expect(count(page)).toContainText('1 record,');
  await expect(page.locator('#no-record')).toHaveCount(0);
});
