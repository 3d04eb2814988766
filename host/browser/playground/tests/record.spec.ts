/** One record: the verdict, its reasons, and where they stand. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { formRows, open, records, rows, rules, verdict, write } from './page';

test('a pasted record is classified and explained', async ({ page }) => {
  await open(page);
  const { input } = rows('today.jsonl').find(({ name }) => name === 'today-unknown-user')!;
  await write(page, records(page), input.toString());
  await expect(verdict(page)).toHaveText(
    'A user that does not exist failed to sign in to the console: there is no such user.',
  );
  const reason = page.locator('.values [data-key="reason"]');
  await expect(reason).toContainText('errorMessage');
  await expect(page.locator('.deciding', { hasText: 'No username found in supplied account' })).toBeVisible();
  await reason.hover();
  await expect(page.locator('.pointed').first()).toBeVisible();
});

test('places count characters beyond ASCII', async ({ page }) => {
  await open(page);
  await write(
    page,
    records(page),
    '{"note":"関所 🔒","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"MFAUsed":"YES"}}',
  );
  await expect(verdict(page)).toHaveText('The root user signed in to the console, with MFA.');
  const marked = await page.locator('.deciding').allTextContents();
  expect(marked).toEqual(['"signin.amazonaws.com"', '"ConsoleLogin"', '"Root"', '"Success"', '"YES"']);
});

test('a record inside an event is found', async ({ page }) => {
  await open(page);
  await page.getByText('Records of every kind').click();
  const { input } = rows('arrival.jsonl').find(({ name }) => name === 'arrival-detail')!;
  await write(page, records(page), input.toString());
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'failure');
});

test('an item without a record says where one is, and rules name the place', async ({ page }) => {
  await open(page);
  const event = {
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    responseElements: { ConsoleLogin: 'Failure' },
  };
  await write(page, records(page), JSON.stringify({ time: 1, event }));
  const named = '{"record": ["event"], "rules": []}';
  await expect(page.locator('#without-record')).toHaveText(
    `One item holds no CloudTrail record. The first has the keys time, event. Say where it is in the rules: ${named}.`,
  );
  await write(page, rules(page), named);
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'failure');
  await expect(page.locator('#without-record')).toHaveCount(0);
  await write(page, records(page), '{"Records":[]}');
  await expect(page.locator('#without-record')).toHaveText('No records: the list Records is empty.');
});

test('an unreadable record is reported with its place', async ({ page }) => {
  await open(page);
  await write(page, records(page), '{"eventSource":"signin.amazonaws.com","eventName":ConsoleLogin}');
  await expect(verdict(page)).toHaveText('This cannot be read. Hosts pass it on unchanged, and count it.');
  await expect(page.locator('article')).toContainText('expected a JSON value');
  await expect(page.locator('.broken')).toHaveText('C');
});

test('what was written can be undone, also after an example', async ({ page }) => {
  await open(page);
  await write(page, records(page), '{"eventName":"mine"}');
  await page.locator('[data-example="article-2"]').click();
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'success');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(records(page)).toHaveText('{"eventName":"mine"}');
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(records(page)).toContainText('ConsoleLogin');
});

test('the layout changes nothing but white space', async ({ page }) => {
  await open(page);
  const odd = '{"a":1.0e5,"a":"\\u0041{[:,","b":{},"c":[],"d":[1,[2]]}';
  await write(page, records(page), odd);
  await page.getByRole('button', { name: 'Format' }).click();
  const lines = await page.locator('#records-editor .cm-line').allTextContents();
  expect(lines).toEqual([
    '{',
    '  "a": 1.0e5,',
    '  "a": "\\u0041{[:,",',
    '  "b": {},',
    '  "c": [],',
    '  "d": [',
    '    1,',
    '    [',
    '      2',
    '    ]',
    '  ]',
    '}',
  ]);
});

test('an example says what it shows, until it is changed', async ({ page }) => {
  await open(page);
  await page.getByText('Lookalikes').click();
  await page.getByRole('button', { name: 'Source cyrillic letter' }).click();
  await expect(page.locator('#note')).toHaveText('eventSource is compared exactly: a letter that looks the same');
  await records(page).press('Space');
  await expect(page.locator('#note')).toHaveCount(0);
});

test('the verdict can be copied', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="article-3"]').click();
  await page.getByRole('button', { name: 'Copy result' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(rows('article.jsonl')[3]!.verdict);
});

for (const form of ['ecs', 'ocsf']) {
  test(`a record has its event of ${form.toUpperCase()}, byte for byte`, async ({ page }) => {
    await open(page);
    for (const { record, result } of formRows(form)) {
      await write(page, records(page), record);
      await page.getByLabel('Form').selectOption(form);
      await expect(page.locator('.json')).toHaveText(result, { useInnerText: false });
    }
    await page.getByLabel('Form').selectOption('verdict');
    await expect(page.locator('.json')).toContainText('{"kind":');
  });
}

test('an event names the rules, also from the disk', async ({ page }) => {
  await page.goto(pathToFileURL(join(import.meta.dirname, '../../../../dist/playground/index.html')).href);
  await page.locator('[data-example="article-3"]').click();
  await write(page, rules(page), '{"rules":[{"id":"r1","tags":["attack.t1110"],"pattern":{"eventName":["ConsoleLogin"]}}]}');
  await page.getByLabel('Form').selectOption('ecs');
  await expect(page.locator('.json')).toContainText('"rule":{"id":"r1"},"threat":{');
});
