// The pages of leads and administrators in a real browser against the mock collector: quality of triage, rules.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { start } from '../console/mock/server.mjs';
import { violations } from './axe.mjs';
import { launch } from './browser.mjs';
import { enter as signedIn } from './console-signed-in.mjs';

let mock;
let browser;
before(async () => {
  mock = await start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await mock?.close();
});
const enter = (options) => signedIn({ mock, browser }, options);
const editor = (page, name = 'Rules in TOML') => page.getByRole('textbox', { name });
const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe('both pages', () => {
  for (const [language, theme] of [['ru', 'light'], ['en', 'dark'], ['ru', 'dark'], ['en', 'light']]) {
    it(`have no serious barrier in ${language}, ${theme}`, async () => {
      const { page, context, complaints } = await enter({ language, theme, path: '/triage' });
      await page.locator('figure svg').first().waitFor();
      for (const summary of await page.locator('figure summary').all()) await summary.click();
      assert.deepEqual(await violations(page), [], 'triage');
      await page.goto(`${mock.address}/rules`);
      await page.locator('.cm-content').waitFor();
      await page.locator('summary').click();
      await page.locator('.cm-content').nth(1).waitFor();
      assert.deepEqual(await violations(page), [], 'rules');
      assert.deepEqual(complaints, [], 'nothing breaks the content security policy');
      await context.close();
    });
  }

  it('fit 720 × 450, which is 1440 × 900 at 200 %, without scrolling sideways', async () => {
    const { page, context } = await enter({ path: '/triage', viewport: { width: 720, height: 450 }, scale: 2 });
    await page.locator('figure svg').first().waitFor();
    assert.ok((await tooWide(page)) <= 0, 'triage');
    await page.goto(`${mock.address}/rules`);
    await page.locator('.cm-content').waitFor();
    assert.ok((await tooWide(page)) <= 0, 'rules');
    await context.close();
  });

  it('are not there for those who may not change anything', async () => {
    const { page, context } = await enter({ language: 'en', role: 'first_line' });
    assert.equal(await page.getByRole('link', { name: 'Rules' }).count(), 0);
    await page.goto(`${mock.address}/rules`);
    await page.getByText('This page is for leads and administrators').waitFor();
    await context.close();
  });
});

describe('the quality of triage', () => {
  it('is told in figures, charts and tables', async () => {
    const { page, context } = await enter({ language: 'en', path: '/triage' });
    await page.getByText('94.3 %').first().waitFor();
    const confusion = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Performance' }) });
    assert.match((await confusion.getByRole('row', { name: /^was Performance/ }).textContent()) ?? '', /83.*9/);
    const calibration = page.getByRole('region', { name: 'Confidence and truth' });
    await calibration.getByText('As a table').click();
    await calibration.getByRole('row', { name: /90 % to 100 %/ }).waitFor();
    await context.close();
  });

  it('says what is needed where there is too little to judge by', async () => {
    const { page, context } = await enter({ language: 'en' });
    mock.set({ fewData: true });
    await page.goto(`${mock.address}/triage`);
    await page.getByText('Too few tickets to judge by').waitFor();
    await page.getByText(/4 of at least 30 are known/).waitFor();
    assert.equal(await page.locator('figure').count(), 0);
    assert.deepEqual(await violations(page), []);
    await context.close();
  });

  it('lets the model go back to the shipped one, and Undo takes that back', async () => {
    const { page, context } = await enter({ language: 'en', path: '/triage' });
    const version = (name) => page.getByRole('listitem').filter({ hasText: name });
    await page.getByRole('button', { name: 'Back to the shipped one' }).click();
    await version('Shipped').getByText('In use').waitFor();
    assert.equal(await version('Version 4').getByRole('button').count(), 0, 'a refused one cannot be used');
    await page.getByRole('button', { name: 'Undo' }).click();
    await version('Version 3').getByText('In use').waitFor();
    await context.close();
  });
});

describe('rules', () => {
  it('show a mistake at its line with the reason, and lead there', async () => {
    const { page, context, complaints } = await enter({ language: 'en', path: '/rules' });
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('wrong = 1');
    await page.keyboard.press('Control+s');
    await page.getByText('in when: unknown name `wrong`').first().waitFor();
    await page.locator('.cm-lint-marker-error').waitFor();
    await page.getByRole('button', { name: 'line 13, column 10' }).click();
    await page.waitForFunction(() => document.querySelector('.host')?.shadowRoot?.activeElement?.classList.contains('cm-content'));
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('are no barrier when they are longer than their field', async () => {
    const { page, context } = await enter({ language: 'en', path: '/rules' });
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('# one more line\n'.repeat(80));
    await page.getByText('Changed, not published').waitFor();
    assert.deepEqual(await violations(page), []);
    await context.close();
  });

  it('are tried on past reports: what changes, because of which rules, with filters', async () => {
    const { page, context } = await enter({ language: 'en', path: '/rules' });
    await editor(page).waitFor();
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await page.getByText('3 verdicts would change', { exact: false }).waitFor();
    await page.getByText('500 reports judged · 0.41 ms → 0.43 ms per report').waitFor();
    const rows = page.getByRole('region', { name: 'Verdicts that would change' }).locator('tbody tr');
    assert.equal(await rows.count(), 3);
    assert.equal(await page.locator('main button.primary').count(), 0, 'nothing is changed, so nothing is to be done');
    await page.getByLabel('What changes').selectOption('category');
    assert.equal(await rows.count(), 2);
    assert.deepEqual(await violations(page), []);
    await rows.first().getByRole('link', { name: 'INC-1041' }).click();
    await page.waitForURL(/\/tickets\/1041$/);
    await context.close();
  });

  it('are published with a note, and go back to an earlier version', async () => {
    const { page, context } = await enter({ language: 'en', path: '/rules' });
    await page.getByText('Version 2 is live').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Publish' }).isDisabled(), 'nothing to publish');
    await page.getByRole('button', { name: 'Insert an example rule' }).click();
    await page.getByText('Changed, not published').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    const form = page.getByRole('dialog', { name: 'Publish these rules' });
    await form.getByText('These rules were not tried on past reports.').waitFor();
    assert.deepEqual(await violations(page), []);
    await form.getByLabel('What changed and why').fill('An example');
    await page.keyboard.press('Enter');
    await page.getByText('Version 3 is live').first().waitFor();
    await page.getByText('An example', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Make it live: Version 1' }).click();
    await page.getByText('Version 1 is live again').waitFor();
    await context.close();
  });

  it('keep a text that is not published when the page is closed', async () => {
    const { page, context } = await enter({ language: 'en', path: '/rules' });
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('# mine ');
    await page.getByText('Changed, not published').waitFor();
    await page.reload();
    await editor(page).getByText('# mine # Rules of the organisation', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Discard the changes' }).click();
    await page.getByText('Changed, not published').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await editor(page).getByText('# mine', { exact: false }).waitFor();
    await context.close();
  });
});
