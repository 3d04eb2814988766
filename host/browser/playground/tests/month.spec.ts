/**
 * A month of records from the generator: 100,000, or as many as MONTH_RECORDS says. Nothing that is a
 * time is asserted; times, freezes and memory are printed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, expect, test } from '@playwright/test';
import { longestFreeze, onPage, open, watchFreezes } from './page';

const RECORDS = Number(process.env.MONTH_RECORDS ?? 100_000);
const SEED = 20_250_916;
const MONTH = [Date.UTC(2025, 8, 1) / 1000, Date.UTC(2025, 9, 1) / 1000] as const;
const ROWS_MAX = 60;

const programs = join(import.meta.dirname, '../../../../target/release');
const folder = mkdtempSync(join(tmpdir(), 'month-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines that a program prints. */
function printed(program: string, ...parameters: string[]) {
  const { stdout } = spawn(join(programs, program), parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
  return createInterface({ input: stdout });
}

/** Writes the records of a trail, with their times in one month. */
async function writeMonth() {
  const path = join(folder, 'month.ndjson');
  const file = createWriteStream(path);
  const step = (MONTH[1] - MONTH[0]) / RECORDS;
  let [place, lines] = [0, ''];
  for await (const line of printed('sekisho-generator', 'records', 'trail', '--seed', `${SEED}`, '--records', `${RECORDS}`)) {
    const time = new Date(1000 * Math.floor(MONTH[0] + step * place++)).toISOString().replace('.000', '');
    lines += `${line.replace(/"eventTime":"[^"]*"/, `"eventTime":"${time}"`)}\n`;
    if (lines.length < 1 << 20) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await once(file, 'finish');
  return path;
}

/** What the program says of the same file. */
async function expected(path: string) {
  const outcomes: Record<string, number> = {};
  for await (const line of printed('sekisho', 'classify', '--format', 'ndjson', '--only', 'signin', path)) {
    const outcome = line.match(/"outcome":"(\w+)"/)![1]!;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  let attempts = 0;
  for await (const line of printed('sekisho', 'attempts', '--format', 'ndjson', path)) {
    if (line.startsWith('{"type":"attempt"')) attempts += 1;
  }
  return { outcomes, attempts, signins: Object.values(outcomes).reduce((sum, count) => sum + count, 0) };
}

/** The memory of the browser's processes, in megabytes. */
async function memory(browser: Browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const kilobytes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(readFileSync(`/proc/${id}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1] ?? 0));
  return Math.round(Math.max(...kilobytes) / 1000);
}

test('a month of records', async ({ page, browser }) => {
  test.setTimeout(600_000);
  const path = await writeMonth();
  const { outcomes, attempts, signins } = await expected(path);
  const amount = (count: number) => count.toLocaleString('en');
  const listed = page.locator('#panel [role=status]');
  const measured: string[] = [];
  const step = async (name: string, task: () => Promise<void>) => {
    const begin = performance.now();
    await task();
    expect(await onPage(page).count()).toBeLessThanOrEqual(ROWS_MAX);
    measured.push(`${name} ${Math.round(performance.now() - begin)} ms (${await longestFreeze(page)}, ${await memory(browser)} MB)`);
  };
  await watchFreezes(page);
  await open(page);
  await step('opened', async () => {});
  await step('read', async () => {
    await page.locator('input[type=file]').setInputFiles(path);
    await expect(page.locator('.counts')).toHaveText(`${amount(RECORDS)} records, ${amount(signins)} sign-ins`, { timeout: 300_000 });
    await expect(listed).toHaveText(`${amount(signins)} listed`, { timeout: 60_000 });
    await expect(page.locator('.verdict')).toBeVisible();
  });
  for (const [name, count] of Object.entries(outcomes)) {
    await expect(page.locator(`.chip.${name}`)).toHaveText(`${name} ${amount(count)}`);
  }
  await expect(page.locator('.list')).toHaveAttribute('aria-rowcount', `${signins + 1}`);
  await step('scrolled to the end', async () => {
    await page.locator('#rows').evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await expect(page.locator(`.list tr[aria-rowindex="${signins + 1}"]`)).toBeAttached();
  });
  await step('sorted by outcome', async () => {
    await page.getByRole('button', { name: 'Outcome', exact: true }).click();
    await expect(onPage(page).first()).toContainText('challenged', { timeout: 60_000 });
  });
  await step('searched', async () => {
    await page.getByRole('searchbox').fill('bruno failure');
    await expect(listed).toHaveText(/ of /, { timeout: 60_000 });
  });
  await step('a stretch of the chart', async () => {
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect(page.getByRole('heading', { name: 'Sign-ins in each' })).toBeVisible();
    await expect.poll(async () => Number((await listed.innerText()).replace(/,|of.*/gs, '')) / signins, { timeout: 60_000 }).toBeCloseTo(0.5, 1);
  });
  await step('attempts', async () => {
    await page.getByRole('tab', { name: 'Attempts' }).click();
    await expect(page.locator('.shown')).toContainText(`${amount(attempts)} attempts of ${amount(attempts)}`, { timeout: 300_000 });
  });
  await step('attempts without failures', async () => {
    await page.getByRole('button', { name: /^failure/ }).click();
    await expect(page.locator('.shown')).not.toContainText(`${amount(attempts)} attempts of`, { timeout: 60_000 });
  });
  console.log(`${amount(RECORDS)} records, ${amount(signins)} listed; in brackets the longest freeze in ms and the memory:\n  ${measured.join('\n  ')}`);
});
