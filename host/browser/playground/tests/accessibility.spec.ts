/** For everybody: screen readers, keyboards, colours, phones. */
import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';
import { open, records, rules, verdict, write } from './page';

/** Checks the page, or a part of it where the others are as before. */
async function check(page: Page, state: string, part = 'body') {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found, state).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of [
    ['desktop', { width: 1400, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    test.describe(() => {
      test.use({ colorScheme, viewport });

      test(`axe finds nothing, ${colorScheme} on a ${device}`, async ({ page }) => {
        test.slow();
        await open(page);
        await check(page, 'empty');
        await page.locator('[data-example="article-3"]').click();
        await expect(verdict(page)).toBeVisible();
        await page.getByRole('button', { name: 'Failed sign-ins' }).click();
        await expect(page.locator('.tree')).toBeVisible();
        await check(page, 'one record and a rule');
        await write(page, rules(page), '{"detail": {"eventName": "ConsoleLogin"}}');
        await expect(page.getByRole('alert')).toBeVisible();
        await check(page, 'a rule that is not valid');
        await write(page, records(page), '{"eventSource":');
        await expect(page.locator('#records-editor .broken').first()).toBeVisible();
        await check(page, 'a record that cannot be read');
        await page.locator('[data-example="trail"]').click();
        await expect(page.locator('.counts')).toContainText('308 records');
        await check(page, 'a list');
        await page.getByText('The chart as a table').click();
        await page.locator('.compare').nth(1).click();
        await page.locator('.compare').nth(2).click();
        await expect(page.locator('.comparison')).toBeVisible();
        await check(page, 'two records', '#answer');
        await page.getByRole('button', { name: 'The built-in rules' }).click();
        await page.getByRole('tab', { name: 'Attempts' }).click();
        await expect(page.locator('.card').first()).toBeVisible();
        await check(page, 'attempts', '#answer');
      });

      test(`nothing is wider than the window, ${colorScheme} on a ${device}`, async ({ page }) => {
        await open(page);
        await page.locator('[data-example="trail"]').click();
        await expect(page.locator('.counts')).toContainText('308 records');
        const excess = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(await excess()).toBeLessThanOrEqual(0);
        await page.locator('.compare').nth(1).click();
        await page.locator('.compare').nth(2).click();
        await expect(page.locator('.comparison')).toBeVisible();
        expect(await excess(), 'two records').toBeLessThanOrEqual(0);
        // Records with long names of fields.
        for (const example of ['today-enrolled-device', 'today-policy-stopped-root']) {
          const button = page.locator(`[data-example="${example}"]`);
          await button.evaluate((button: HTMLElement) => button.click());
          await expect(page.locator('.values')).toBeVisible();
          expect(await excess(), example).toBeLessThanOrEqual(0);
        }
      });
    });
  }
}

test('everything can be reached by keyboard', async ({ page }) => {
  await open(page);
  await page.locator('[data-example="trail"]').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.counts')).toContainText('308 records');
  await page.getByRole('tab', { name: 'List' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Attempts' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await page.locator('.list tbody tr').nth(3).getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.list tbody tr').nth(3)).toHaveClass('chosen');
  // Out of the editor, too.
  await rules(page).focus();
  await page.keyboard.press('Tab');
  await expect(rules(page)).not.toBeFocused();
});

test('the colours that somebody chose stay', async ({ page }) => {
  await open(page);
  await page.getByLabel('Colours').selectOption('dark');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await paper();
  await page.reload();
  await expect(page.getByLabel('Colours')).toHaveValue('dark');
  expect(await paper()).toBe(dark);
  await page.getByLabel('Colours').selectOption('light');
  expect(await paper()).not.toBe(dark);
});
