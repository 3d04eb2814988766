/** Rules: errors at their place, matches and their reasons. */
import { expect, test } from '@playwright/test';
import { open, rules, write } from './page';

const FAILURE = '{"detail":{"responseElements":{"ConsoleLogin":["Failure"]}}}';

test('an error is marked at its place, and the rules before stay', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="article-3"]').click();
  await write(page, rules(page), FAILURE);
  await expect(page.locator('#matches')).toContainText('1 of 1 rules match this record');
  await write(page, rules(page), '{"detail": {"eventName": [{"prefixx": "Console"}]}}');
  await expect(page.locator('#rules-editor .broken').first()).toHaveText(/^"?prefixx/);
  await expect(page.getByRole('alert')).toContainText('operator');
  await expect(page.locator('#matches')).toContainText('1 of 1 rules match this record');
  await write(page, rules(page), FAILURE);
  await expect(page.locator('#rules-editor .broken')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('text that ends too early is marked', async ({ page }) => {
  await open(page);
  await write(page, rules(page), '{"detail": {"eventName": ["ConsoleLogin"]');
  await expect(page.getByRole('alert')).toContainText('expected');
  await expect(page.locator('#rules-editor .broken')).toHaveText(']');
});

test('why a rule matches and why not', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="article-3"]').click();
  await write(
    page,
    rules(page),
    '{"detail":{"$or":[{"responseElements":{"ConsoleLogin":["Failure"]}},{"responseElements":{"CheckMfa":["Failure"]}}],"userIdentity":{"type":["Root"]}}}',
  );
  const tree = page.locator('.tree li');
  await expect(tree).toHaveText([
    /yes one of these, in detail/,
    /yes all of these/,
    /yes detail.responseElements.ConsoleLogin \["Failure"\], found "Failure"/,
    /no all of these/,
    /no detail.responseElements.CheckMfa \["Failure"\], which is absent/,
    /no detail.userIdentity.type \["Root"\], found "IAMUser"/,
  ]);
  await expect(page.locator('#matches')).toContainText('0 of 1 rules match this record');
});

test('the rule that is copied from place to place misses unknown users', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await page.getByRole('button', { name: 'The rule that misses them' }).click();
  await expect(page.locator('.rule')).toContainText('matches 29 records');
  await page.getByRole('button', { name: 'Failed sign-ins' }).click();
  await expect(page.locator('.rule')).toContainText('matches 54 records');
});

test('a record that is no sign-in is listed where a rule matches it', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await expect(page.locator('.counts')).toContainText('308 records, 118 sign-ins');
  await expect(page.locator('.chip.no_signin')).toHaveCount(0);
  await write(page, rules(page), '{"detail":{"eventSource":["s3.amazonaws.com"]}}');
  await expect(page.locator('.chip.no_signin')).toBeVisible();
});

test('findings of correlation rules are shown with the attempts', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await page.getByRole('button', { name: 'The built-in rules' }).click();
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(page.locator('.card', { hasText: 'brute-force-user' })).toContainText('high');
  await expect(page.locator('.card', { hasText: 'success-after-failures' }).first()).toBeVisible();
});

test('what is silenced is shown', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').click();
  await write(
    page,
    rules(page),
    JSON.stringify({
      rules: [
        { id: 'failed', pattern: { signin: { outcome: ['failure'] } } },
        { id: 'tried', pattern: { attempt: { outcome: ['failure'] } } },
      ],
      silence: [{ source_ip: '0.0.0.0/0', reason: 'a test', until: '2100-01-01T00:00:00Z' }],
    }),
  );
  await page.getByRole('button', { name: /^failure / }).click();
  await page.locator('.list tbody tr').first().click();
  await expect(page.locator('.list tbody tr').first()).toContainText('failed (silenced)');
  await expect(page.locator('.silenced')).toHaveText('Silenced for failed by silence[0].');
  await expect(page.locator('[data-rule="failed"] summary')).toContainText('silenced');
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(page.locator('#panel')).toContainText('silenced: tried');
});

test('findings close where the configuration says so', async ({ page }) => {
  await open(page);
  const configuration = (findings?: string) =>
    JSON.stringify({
      findings,
      rules: [
        { id: 'failed', pattern: { signin: { outcome: ['failure'] } } },
        {
          id: 'many',
          correlation: { type: 'event_count', rules: ['failed'], 'group-by': ['source_ip'], timespan: '1h', condition: { gte: 3 } },
        },
      ],
    });
  await page.locator('[data-example="trail"]').click();
  await write(page, rules(page), configuration('lifecycle'));
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await expect(page.locator('.card[data-state=closed]').first()).toBeVisible();
  await write(page, rules(page), configuration());
  await expect(page.locator('.card[data-state=closed]')).toHaveCount(0);
  await expect(page.locator('.card').first()).toBeVisible();
});
