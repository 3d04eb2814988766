/** The rows that every host must answer alike. */
import { expect, test } from '@playwright/test';
import { allRows, encoded, listed, open, rows, sequences, verdict } from './page';

test('all rows are answered byte for byte', async ({ page }) => {
  await open(page);
  const all = allRows();
  expect(all.length).toBeGreaterThan(500);
  const inputs = all.map(({ input }) => input.toString('base64'));
  const answers = await page.evaluate(async (inputs) => {
    const answers = [];
    for (const input of inputs) {
      const bytes = Uint8Array.from(atob(input), (character) => character.charCodeAt(0));
      const answer = await sekisho.classify(bytes);
      if (answer.type === 'verdict') answers.push(answer.json);
      else answers.push(answer.type === 'refused' ? answer.refusal.code : 'null');
    }
    return answers;
  }, inputs);
  const expected = all.map(({ verdict, error }) => error ?? verdict);
  expect(Object.fromEntries(answers.map((answer, at) => [all[at]!.name, answer]))).toEqual(
    Object.fromEntries(expected.map((answer, at) => [all[at]!.name, answer])),
  );
});

test('all sequences give their attempts', async ({ page }) => {
  await open(page);
  // The page has no settings: rows that ask for others are not for it. Nor are those that tell what
  // comes of another order than that of time, or of rules.
  const all = sequences().filter(({ settings, configuration }) => !settings && !configuration);
  expect(all.length).toBeGreaterThan(50);
  for (const { name, records, attempts } of all) {
    const text = records.map((record: unknown) => JSON.stringify(record)).join('\n');
    const emitted = await page.evaluate(async (text) => {
      await sekisho.read(new Blob([text]), 'answered', () => {});
      return sekisho.attempts();
    }, text);
    // The page has every key.
    const complete = attempts.map((attempt: object) => ({ follows: null, ...attempt, rules: [] }));
    expect(emitted, name).toEqual(complete);
  }
});

test('JSON in base64 is decoded', async ({ page }) => {
  await open(page);
  for (const { name, text, verdicts } of encoded()) {
    const { rows: found } = await listed(page, text);
    expect(found, name).toMatchObject(verdicts.map((verdict) => ({ verdict })));
  }
});

for (const group of ['today', 'lookalikes']) {
  test(`the gallery shows the verdicts of its rows: ${group}`, async ({ page }) => {
    test.slow();
    await open(page);
    await page.locator('details', { has: page.locator(`[data-example^="${group.slice(0, 5)}"]`) }).evaluate((details) => {
      (details as HTMLDetailsElement).open = true;
    });
    for (const { name, verdict: expected } of rows(`${group}.jsonl`)) {
      await page.locator(`[data-example="${name}"]`).click();
      if (expected === 'null') {
        await expect(verdict(page), name).toHaveText('Not a sign-in record: hosts pass it on unchanged.');
        await expect(page.locator('.json')).toHaveCount(0);
      } else {
        await expect(page.locator('.json'), name).toHaveText(expected!);
        await expect(verdict(page)).toHaveAttribute('data-outcome', JSON.parse(expected!).outcome);
      }
    }
  });
}

test('the gallery shows the seven sign-ins', async ({ page }) => {
  await open(page);
  const expected = [
    ['failure unknown_user', 'failure unknown_user'],
    ['success '],
    ['failure bad_password'],
    ['challenged ', 'success '],
    ['challenged ', 'failure bad_password_or_mfa'],
    ['challenged ', 'failure bad_password_or_mfa'],
    ['challenged ', 'failure bad_password_or_mfa'],
  ];
  for (const [at, outcomes] of expected.entries()) {
    await page.locator(`[data-example="article-${at + 1}"]`).click();
    const editor = page.locator('#records-editor .cm-content');
    await expect(editor).toContainText('111122223333');
    await expect(verdict(page)).toHaveAttribute('data-outcome', outcomes[0]!.split(' ')[0]!);
    if (outcomes.length === 1) continue;
    const rows = page.locator('.list tbody tr');
    await expect(rows).toHaveCount(outcomes.length);
    for (const [row, outcome] of outcomes.entries()) {
      for (const word of outcome.split(' ')) await expect(rows.nth(row)).toContainText(word.replaceAll('_', ' '));
    }
  }
});
