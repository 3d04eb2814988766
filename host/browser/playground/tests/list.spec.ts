/** The list of records: its rows, its chart, and two records beside each other. */
import { type Page, expect, test } from '@playwright/test';
import { drop, onPage, open, rows } from './page';

const login = rows('today.jsonl').find(({ name }) => name === 'today-iam-user-bad-password')!.input.toString();

/** Records of as many users, one each minute, in another order. */
const many = (count: number) =>
  Array.from({ length: count }, (_, place) => {
    const number = (place * 7) % count;
    const time = new Date(Date.UTC(2025, 8, 1) + number * 60_000).toISOString().replace('.000', '');
    const name = `user-${String(number).padStart(5, '0')}`;
    return login.replace('"mika"', `"${name}"`).replace(/"eventTime":"[^"]*"/, `"eventTime":"${time}"`);
  }).join('\n');

const listed = (page: Page) => page.locator('#panel [role=status]');
const list = (page: Page) => page.locator('#rows');
const sample = async (page: Page) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await expect(page.locator('.counts')).toContainText('308 records, 118 sign-ins');
};

test('the list is searched and sorted', async ({ page }) => {
  await open(page);
  await drop(page, 'trail.ndjson', Buffer.from(many(250)));
  await expect(listed(page)).toHaveText('250 listed');
  const byUser = page.getByRole('button', { name: /^User( [↑↓])?$/ });
  await byUser.click();
  await expect(onPage(page).first()).toContainText('user-00000');
  await byUser.click();
  await expect(onPage(page).first()).toContainText('user-00249');
  await page.getByRole('searchbox').fill('user-0012 failure');
  await expect(listed(page)).toHaveText('10 of 250 listed');
  await expect(onPage(page)).toHaveCount(10);
  await page.getByRole('searchbox').fill('04:09:00');
  await expect(onPage(page)).toContainText(['user-00249']);
  await page.getByRole('searchbox').fill('nobody');
  await expect(listed(page)).toHaveText('No record passes the filters.');
});

test('only some rows are on the page, and all are reached', async ({ page }) => {
  await open(page);
  await drop(page, 'trail.ndjson', Buffer.from(many(5000)));
  await expect(listed(page)).toHaveText('5,000 listed');
  await expect(page.locator('.list')).toHaveAttribute('aria-rowcount', '5001');
  // In steps that are not too long, no row is missed, and none is there twice.
  const seen = new Set<string>();
  for (let step = 0; step < 20; step += 1) {
    const texts = await onPage(page).evaluateAll((rows) => rows.map(({ textContent }) => textContent!));
    for (const text of texts) seen.add(text.match(/user-\d{5}/)![0]);
    expect(texts.length).toBeLessThanOrEqual(60);
    await list(page).evaluate((box) => box.scrollBy(0, box.clientHeight));
    await page.waitForTimeout(30);
  }
  const numbers = [...seen].map((name) => Number(name.slice(5))).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, place) => place));
  expect(numbers.length).toBeGreaterThan(100);
  // Far away, and by keys.
  await list(page).focus();
  await page.keyboard.press('End');
  await expect(page.locator('.list tr[aria-rowindex="5001"]')).toContainText('user-04999');
  await expect(page.locator('.list tr[aria-rowindex="5001"]')).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.locator('.list tr[aria-rowindex="2"]')).toContainText('user-00000');
  await list(page).evaluate((box) => box.scrollTo(0, box.scrollHeight / 2));
  const middle = onPage(page).filter({ hasText: 'user-02503' });
  await expect(middle).toBeInViewport();
  // A row that is chosen stays where it is.
  await middle.getByRole('button').first().click();
  await expect(page.locator('.list tr.chosen')).toBeInViewport();
  await expect(onPage(page)).toHaveCount(60);
  // Nor does another tab move it.
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(page.locator('.shown')).toBeVisible();
  await page.getByRole('tab', { name: 'List' }).click();
  const isInBox = (row: Element) => {
    const [{ top, bottom }, box] = [row.getBoundingClientRect(), document.getElementById('rows')!.getBoundingClientRect()];
    return top < box.bottom && bottom > box.top;
  };
  expect(await page.locator('.list tr.chosen').evaluate(isInBox)).toBe(true);
  // What is found next begins at its top.
  await page.getByRole('searchbox').fill('user-04');
  await expect(listed(page)).toHaveText('1,000 of 5,000 listed');
  expect(await onPage(page).first().evaluate(isInBox)).toBe(true);
});

test('times of any year do not stop the chart', async ({ page }) => {
  await open(page);
  const times = ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', '2025-09-16T02:10:00.123Z', 'yesterday', ''];
  const lines = times.concat(times).map((time) => login.replace(/"eventTime":"[^"]*"/, `"eventTime":${JSON.stringify(time)}`));
  await drop(page, 'trail.ndjson', Buffer.from(lines.join('\n')));
  await expect(listed(page)).toHaveText('12 listed');
  await expect(page.getByRole('heading', { name: 'Sign-ins in each 364 days' })).toBeVisible();
  for (const text of ['+275760-09-13 00:00:00', '2025-09-16 02:10:00.123', '9999-12-31 23:59:59', 'yesterday']) {
    await expect(onPage(page).filter({ hasText: text })).toHaveCount(2);
  }
  await page.getByRole('button', { name: '2025-09-16 2', exact: true }).click();
  // Those without a time are in every period.
  await expect(listed(page)).toHaveText('8 of 12 listed');
});

for (const [device, viewport] of Object.entries({
  desktop: { width: 1400, height: 900 },
  wide: { width: 2400, height: 1200 },
  phone: { width: 390, height: 844 },
})) {
  test.describe(() => {
    test.use({ viewport });

    test(`no name is cut on a ${device}`, async ({ page }) => {
      await open(page);
      const name = `${'very-long-name-'.repeat(8)}end`;
      await drop(page, 'trail.ndjson', Buffer.from(many(30).replaceAll('user-00003', name)));
      await expect(listed(page)).toHaveText('30 listed');
      await page.getByRole('button', { name: 'The built-in rules' }).click();
      await expect(onPage(page).first()).toContainText('signin-failure');
      const row = onPage(page).filter({ hasText: name });
      await expect(row).toHaveCount(1);
      const cut = await list(page).evaluate((box) => {
        const edge = box.getBoundingClientRect().right;
        const isCut = (cell: Element) => cell.scrollWidth > cell.clientWidth + 1 || cell.getBoundingClientRect().right > edge + 1;
        const cells = [...box.querySelectorAll('td, th')].filter((cell) => getComputedStyle(cell).display !== 'none');
        return cells.filter(isCut).map(({ textContent }) => textContent);
      });
      expect(cut).toEqual([]);
      expect(await list(page).evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    });
  });
}

test('where AWS hid a name, the list says so', async ({ page }) => {
  await sample(page);
  await expect(onPage(page).first()).toContainText('(hidden: no such user)');
  await page.getByRole('searchbox').fill('unknown_user');
  await expect(listed(page)).toHaveText('25 of 118 listed');
  await expect(onPage(page).filter({ hasText: '(hidden: no such user)' })).toHaveCount(25);
});

test('the chart over the list filters it', async ({ page }) => {
  await sample(page);
  await expect(page.getByRole('heading', { name: 'Sign-ins in each' })).toBeVisible();
  await page.getByRole('button', { name: '2025-09-15 to 2025-09-16' }).click();
  await expect(listed(page)).toHaveText('95 of 118 listed');
  await expect(page.getByRole('heading', { name: 'Sign-ins in each hour' })).toBeVisible();
  // The table says the same as the chart.
  await page.getByText('The chart as a table').click();
  const cells = await page.getByRole('region', { name: 'Sign-ins over time' }).locator('tbody td').allTextContents();
  expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(95);
  // By the pointer: the night.
  const over = (await page.locator('.u-over').boundingBox())!;
  const at = (share: number) => over.x + over.width * share;
  await page.mouse.move(at(0.66), over.y + 20);
  await expect(page.locator('.below-pointer')).toContainText(/2025-09-16 0/);
  await page.mouse.down();
  await page.mouse.move(at(0.8), over.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(listed(page)).toContainText(/[2-5]\d of 118 listed/);
  await expect(onPage(page).first()).toContainText('2025-09-16 02:10:00');
  // Outcomes are those of the stretch, and filter the chart, too.
  await page.getByRole('button', { name: /^success/ }).click();
  await expect(onPage(page)).toHaveCount(2);
  const successes = await page.getByRole('region', { name: 'Sign-ins over time' }).locator('tbody td').allTextContents();
  expect(successes.reduce((sum, text) => sum + Number(text), 0)).toBe(2);
  // By keys.
  await page.getByRole('button', { name: /^all/ }).click();
  await page.getByRole('button', { name: 'Zoom out' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^All 118/ }).focus();
  await page.keyboard.press('Enter');
  await expect(listed(page)).toHaveText('118 listed');
});

test('two records are compared', async ({ page }) => {
  await sample(page);
  const compare = (time: string) => page.getByRole('button', { name: `Compare ${time}` });
  await compare('2018-06-14 09:05:00').focus();
  await page.keyboard.press('Enter');
  await expect(compare('2018-06-14 09:05:00')).toHaveAttribute('aria-pressed', 'true');
  await expect(listed(page)).toContainText('choose the other');
  await compare('2018-06-14 09:10:00').focus();
  await page.keyboard.press('Enter');
  // The focus is where both are shown.
  const both = page.getByRole('article', { name: 'Two records' });
  await expect(both.getByRole('heading')).toBeFocused();
  await expect(both.getByRole('status')).toHaveText('8 of 28 fields differ');
  const row = (name: string) => both.getByRole('row', { name });
  await expect(row('differs: responseElements.ConsoleLogin').getByRole('cell')).toHaveText(['"Success"', '"Failure"']);
  await expect(row('differs: errorMessage').getByRole('cell')).toHaveText(['is absent', '"Failed authentication"']);
  await expect(row('eventVersion').getByRole('cell')).toHaveText(['"1.05"', '"1.05"']);
  await expect(both.locator('mark')).toHaveCount(2 * 8 - 4);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(row('eventVersion')).toBeHidden();
  await expect(row('differs: outcome')).toBeVisible();
  // Another in the place of the second, and back to the list.
  await compare('2018-06-14 09:00:00').click();
  await expect(both.getByRole('columnheader').nth(2)).toContainText('(hidden: no such user)');
  await both.getByRole('button', { name: 'Close' }).click();
  await expect(both).toHaveCount(0);
  await expect(list(page)).toBeFocused();
  await expect(page.locator('[aria-label^="Compare"][aria-pressed=true]')).toHaveCount(0);
});

test('records that cannot be read, and values as they are written, are compared', async ({ page }) => {
  await open(page);
  const lines = ['{"eventName":"A","list":[1,{"a":[]},2],"big":12345678901234567890,"twice":1,"twice":2}', '{"eventName":"A","list":[1,{"a":[]},3],"big":12345678901234567891,"other":{}}', '{"eventName":"A'];
  await drop(page, 'rules.ndjson', Buffer.from(lines.map((line) => line.replace('{', '{"eventSource":"signin.amazonaws.com",')).join('\n')));
  await expect(listed(page)).toHaveText('3 listed');
  const buttons = page.locator('.compare');
  await buttons.nth(0).click();
  await buttons.nth(1).click();
  const both = page.getByRole('article', { name: 'Two records' });
  const different = both.locator('.differs');
  await expect(different).toHaveText([/list\[2\]\s+23/, /big\s+1234567890123456789012345678901234567891/, /other\s+is absent{}/, /twice\s+1, 2is absent/]);
  await buttons.nth(2).click();
  await expect(both).toContainText('the text');
});
