/** Links hold what is on the page. */
import { expect, test } from '@playwright/test';
import { open, records, rules, verdict, write } from './page';

test('a link brings records and rules back', async ({ page, context }) => {
  await open(page);
  await page.locator('[data-example="article-3"]').click();
  await write(page, rules(page), '{"detail":{"eventName":["ConsoleLogin"]}}');
  await expect(page.locator('#matches')).toContainText('1 of 1');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.locator('.notice')).toContainText('The link is copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('#s=');
  const other = await context.newPage();
  await other.goto(link);
  await expect(verdict(other)).toHaveText('An IAM user failed to sign in to the console: wrong password.');
  await expect(other.locator('#matches')).toContainText('1 of 1');
  expect(await records(other).innerText()).toBe(await records(page).innerText());
  expect(await rules(other).innerText()).toBe(await rules(page).innerText());
});

test('a link with rules that are not valid brings its records', async ({ page, context }) => {
  await open(page);
  await page.locator('[data-example="article-3"]').click();
  await write(page, rules(page), '{"detail":[');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Copy link' }).click();
  const other = await context.newPage();
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await expect(verdict(other)).toHaveAttribute('data-outcome', 'failure');
  await expect(other.getByRole('alert')).toBeVisible();
});

test('a damaged link is said to be one', async ({ page }) => {
  await open(page, '#s=AAAA-not-packed');
  await expect(page.locator('.notice')).toContainText('The link is damaged');
  await page.locator('[data-example="article-2"]').click();
  await expect(verdict(page)).toHaveAttribute('data-outcome', 'success');
});

test('too much for a link is not made one', async ({ page }) => {
  await open(page);
  const noise = Array.from({ length: 9000 }, () => Math.random().toString(36)).join('');
  await write(page, records(page), JSON.stringify({ noise }));
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.locator('.notice')).toContainText('Too much for a link');
  expect(page.url()).not.toContain('#s=');
});
