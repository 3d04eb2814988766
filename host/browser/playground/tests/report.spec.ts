/** The page of `sekisho report`, made by the program, opened from the disk. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';
import { longestFreeze, open, watchFreezes } from './page';

const repository = join(import.meta.dirname, '../../../..');
const template = join(repository, 'host/cli/src/report/template.html');
const folder = mkdtempSync(join(tmpdir(), 'report-'));

/** The report of the sample trail, or of lines. */
function made(name: string, lines?: string) {
  const path = join(folder, `${name}.html`);
  const program = join(repository, 'target/release/sekisho');
  const input = lines === undefined ? [join(repository, 'examples/trail')] : [];
  execFileSync(program, ['report', '--quiet', '--output', path, ...input], { input: lines ?? '' });
  return pathToFileURL(path).href;
}

const sample = made('sample');
const bars = (page: Page) => page.getByRole('region', { name: 'Attempts over time' });
const people = (page: Page) => page.getByRole('region', { name: 'Identities and addresses' });
const shown = (page: Page) => page.locator('.shown');
const card = (page: Page, name: string) => page.getByRole('article', { name });

test('what happened in the night is found without knowing the trail', async ({ page }) => {
  await page.goto(sample);
  // Nothing is clicked: one bar is higher than all others, and the first cards say who, from where and how it ended.
  await expect(shown(page)).toContainText('57 attempts of 76 shown: 2025-09-15 07:42:00 to 2025-09-16 09:55:00 UTC');
  const first = page.locator('.card').first();
  await expect(first).toContainText('brute-force-user');
  await expect(first).toContainText('22 matches');
  await expect(first.locator('dd')).toHaveText(['111122223333', 'bruno AIDABRUNOEXAMPLE22222', '203.0.113.66', /^failure 22\s*$/]);
  await expect(card(page, 'unknown-user-probing').locator('dd')).toHaveText(['203.0.113.66', '(hidden: no such user)', /failure 12/]);
  const success = card(page, 'success-after-failures');
  await expect(success.locator('dd').last()).toHaveText(/success 1\s+failure 3/);
  // One click: the minutes, and the pair with the most attempts.
  await success.getByRole('button', { name: 'Show this time' }).click();
  await expect(shown(page)).toContainText('2025-09-16 02:39:12 to 02:51:33');
  await expect(page.getByRole('heading', { name: 'Attempts in each minute' })).toBeInViewport();
  const pairs = people(page).locator('tbody tr');
  await expect(pairs.first()).toContainText('bruno');
  await expect(pairs.first()).toContainText('203.0.113.66');
  // Another: the second at which the password was found.
  await success.getByText('4 attempts').click();
  await expect(success.locator('tr', { hasText: 'success' })).toContainText('2025-09-16 02:46:33');
});

test('nothing is cut on paper', async ({ page }) => {
  await page.goto(sample);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 760, height: 1000 });
  for (const name of ['Identities and addresses', 'List of attempts', 'Attempts by weekday and hour']) {
    const cut = await page.getByRole('region', { name }).evaluate((box) => [box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth]);
    expect(cut, name).toEqual([0, 0]);
  }
  await expect(page.getByText('Times in')).toBeHidden();
});

test('every number adds up', async ({ page }) => {
  await page.goto(sample);
  await page.getByRole('button', { name: 'All 76' }).click();
  await page.getByText('The chart as a table').click();
  const cells = await bars(page).locator('tbody td').allTextContents();
  expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(76);
  const heat = await page.locator('.heat td').allTextContents();
  expect(heat.reduce((sum, text) => sum + Number(text), 0)).toBe(76);
  const rows = people(page).locator('tbody td:nth-child(3)');
  expect((await rows.allTextContents()).reduce((sum, text) => sum + Number(text), 0)).toBe(76);
  // Without failures.
  await page.getByRole('button', { name: /^failure/ }).click();
  await expect(shown(page)).toContainText('21 attempts of 76');
  // Only one person, chosen in the map.
  await page.getByLabel('Identity', { exact: true }).selectOption({ label: 'chidi (4)' });
  await expect(shown(page)).toContainText('3 attempts of 76');
  await page.getByRole('button', { name: 'only chidi' }).click();
  await expect(shown(page)).toContainText('21 attempts of 76');
});

test('a stretch of the chart is zoomed into by the pointer and by keys', async ({ page }) => {
  await page.goto(sample);
  const over = (await page.locator('.u-over').boundingBox())!;
  const at = (share: number) => over.x + over.width * share;
  await page.mouse.move(at(0.65), over.y + 50);
  await expect(page.locator('.below-pointer')).toContainText(/2025-09-1\d/);
  await page.mouse.down();
  await page.mouse.move(at(0.8), over.y + 50, { steps: 4 });
  await page.mouse.up();
  await expect(shown(page)).toContainText('35 attempts of 76');
  await expect(page.getByRole('heading', { name: /Attempts in each/ })).toContainText('5 min');
  await page.getByRole('button', { name: 'Whole period' }).focus();
  await page.keyboard.press('Enter');
  await expect(shown(page)).toContainText('57 attempts of 76');
  await page.getByRole('button', { name: 'Zoom in' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Later' }).focus();
  await page.keyboard.press('Enter');
  await expect(shown(page)).toContainText('2025-09-15 20:48:30 to 2025-09-16 09:55:00');
});

test('local times', async ({ browser }) => {
  const page = await browser.newPage({ timezoneId: 'Asia/Tokyo' });
  await page.goto(sample);
  await page.getByLabel('Times in').selectOption('local');
  await expect(shown(page)).toContainText('2025-09-15 16:42:00 to 2025-09-16 18:55:00 Asia/Tokyo');
  await expect(page.locator('.heat tr', { hasText: 'Tue' }).locator('td').nth(11)).toHaveText('35');
  await page.close();
});

test('hidden names are said to be hidden, and hostile ones are text', async ({ page }) => {
  const record = (userName: string) =>
    JSON.stringify({
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      eventTime: '2025-09-16T02:10:00Z',
      eventID: userName,
      userIdentity: { type: 'IAMUser', principalId: `AIDA${userName}`, accountId: '111122223333', userName },
      sourceIPAddress: '192.0.2.1',
      responseElements: { ConsoleLogin: 'Failure' },
    });
  const name = '</script><img src=x onerror="document.title=1">\u2028';
  await page.goto(made('hostile', record(name)));
  await expect(people(page)).toContainText('</script><img src=x onerror="document.title=1">');
  await expect(page).toHaveTitle('Sign-ins to AWS');
  await expect(page.locator('img')).toHaveCount(0);
  await page.goto(sample);
  await expect(people(page)).toContainText('(hidden: no such user)');
});

test('the policy of a report forbids connections', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(sample);
  await expect(page.locator('.u-over')).toBeVisible();
  expect(requests).toEqual([sample]);
  const sent = () => fetch('https://192.0.2.1/').then(() => 'sent', () => 'refused');
  expect(await page.evaluate(sent)).toBe('refused');
  // Nor does a script run that somebody puts in.
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "changed"';
    document.body.append(script);
  });
  await expect(page).toHaveTitle('Sign-ins to AWS');
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 800 } })) {
    test.describe(`${colorScheme} on a ${device}`, () => {
      test.use({ colorScheme, viewport });

      test('axe finds nothing in a report', async ({ page }) => {
        await page.goto(sample);
        await page.getByText('The chart as a table').click();
        await page.locator('.card summary').first().click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      });
    });
  }
}

test('the playground saves the report that the program writes', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await page.getByRole('button', { name: 'The built-in rules' }).click();
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(shown(page)).toContainText('57 attempts of 76');
  await expect(people(page)).toContainText('(hidden: no such user)');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save report' }).click();
  const path = join(folder, 'saved.html');
  await (await download).saveAs(path);
  const dataOf = (file: string | URL) =>
    JSON.parse(readFileSync(file, 'utf8').match(/<script id="data" type="application\/json">(.*?)<\/script>/s)![1]!);
  const [saved, written] = [dataOf(path), dataOf(new URL(sample))];
  // The attempts as rows: texts may have other indices.
  const rows = ({ texts, attempts }: ReturnType<typeof month>) =>
    attempts.first.map((first, n) =>
      [first, attempts.last[n]].concat(
        (['outcome', 'reason', 'principal', 'mfa', 'user', 'identity', 'source_ip', 'account', 'flags', 'rules'] as const).map(
          (name) => (texts[attempts[name][n]!] ?? null) as never,
        ),
      ),
    );
  expect(rows(saved)).toEqual(rows(written));
  await page.goto(pathToFileURL(path).href);
  await expect(shown(page)).toContainText('57 attempts of 76');
  await expect(page.locator('.card')).toHaveCount(5);
});

/** The columns of a month: a million attempts by ten thousand people, in bursts. */
function month(count: number) {
  const texts = ['success', 'failure', 'iam_user', 'not_used', 'yes', '111122223333', 'bad_password'];
  const [people, addresses] = [10_000, 3_000];
  const begin = texts.length;
  for (let n = 0; n < people; n += 1) texts.push(`user-${n}`);
  for (let n = 0; n < addresses; n += 1) texts.push(`198.51.${n >> 8}.${n & 255}`);
  const column = (value: (n: number) => number) => Array.from({ length: count }, (_, n) => value(n));
  const start = Date.UTC(2025, 8, 1) / 1000;
  const time = (n: number) => start + Math.floor((n * 30 * 86_400) / count);
  const [one, none] = [(place: number) => column(() => place), column(() => -1)];
  const who = column((n) => begin + ((n * 7919) % people));
  const attempts = {
    first: column(time), last: column(time), outcome: column((n) => (n % 5 === 0 ? 1 : 0)), reason: column((n) => (n % 5 === 0 ? 6 : -1)),
    principal: one(2), mfa: one(3), user_exists: one(4), account: one(5), principal_id: none, user: who, identity: who,
    source_ip: column((n) => begin + people + ((n * 31) % addresses)), flags: none, rules: none, silenced: none,
    records: one(1), failures_before: one(0),
  };
  const read = { files: 1, records: count, signins: count, without_record: 0, skipped: 0, faults: 0, errors: 0, messages: [] };
  return { texts, attempts, findings: [], read, by: { program: 'test', module: 'test', command: 'test', redacted: false } };
}

test('a month of a million attempts', async ({ page }) => {
  test.slow();
  const path = join(folder, 'month.html');
  writeFileSync(path, readFileSync(template, 'utf8').replace('@data@', () => JSON.stringify(month(1_000_000))));
  await watchFreezes(page);
  await page.goto(pathToFileURL(path).href);
  await expect(shown(page)).toContainText('1,000,000 attempts of 1,000,000');
  const opening = await longestFreeze(page);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(shown(page)).toContainText(/500,0\d\d attempts/);
  await page.getByRole('button', { name: /^failure/ }).click();
  await expect(shown(page)).toContainText(/400,0\d\d attempts/);
  const memory = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
  // Times are printed, not asserted: the machine may be busy.
  console.log(`A million attempts: opened with a freeze of ${opening} ms, then at most ${await longestFreeze(page)} ms; ${Math.round(memory / 1e6)} MB.`);
  expect(memory).toBeLessThan(1e9);
});
