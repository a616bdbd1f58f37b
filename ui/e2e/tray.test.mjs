// The tray window's page in a real browser, playing its scenarios.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { violations } from './axe.mjs';
import { launch, openPage } from './browser.mjs';
import { serveTray } from './pages.mjs';

const SCENARIOS = ['idle', 'diagnosing', 'saved', 'sending', 'offline', 'answered', 'notice', 'notice_offline', 'known', 'question', 'resolved', 'refused', 'withdrawn', 'not_enrolled', 'not_saved'];
let tray;
let browser;
before(async () => {
  tray = await serveTray();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await tray?.close();
});

async function show(scenario, { language = 'en', colorScheme = 'light' } = {}) {
  const page = await openPage(browser, { viewport: { width: 420, height: 520 }, colorScheme });
  await page.goto(`${tray.address}/?scenario=${scenario}&language=${language}`);
  await page.getByRole('heading').first().waitFor();
  return page;
}

describe('the tray window', () => {
  for (const [language, colorScheme] of [['ru', 'light'], ['en', 'dark']]) {
    it(`has no serious barrier and no sideways scrolling in ${language}, ${colorScheme}`, async () => {
      for (const scenario of SCENARIOS) {
        const page = await show(scenario, { language, colorScheme });
        const errors = [];
        page.on('pageerror', (error) => errors.push(error.message));
        assert.deepEqual(await violations(page), [], scenario);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 420, scenario);
        assert.deepEqual(errors, [], scenario);
        await page.close();
      }
    });
  }

  it('takes a sentence with Ctrl+Enter and says that it was added', async () => {
    const page = await show('answered');
    await page.getByText('INC-1041').waitFor();
    await page.locator('textarea').fill('Cannot save the budget');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Added', { exact: true }).waitFor();
    assert.equal(await page.locator('textarea').inputValue(), '');
    await page.locator('blockquote', { hasText: 'Cannot save the budget' }).waitFor();
    await page.close();
  });

  it('takes a press back and offers it no longer', async () => {
    const page = await show('answered');
    await page.getByRole('button', { name: 'Undo, I pressed by mistake' }).click();
    await page.getByRole('heading', { name: 'Taken back' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /Undo/ }).count(), 0);
    await page.close();
  });

  it('reassures without a network, and never claims to have saved what is only in memory', async () => {
    const offline = await show('offline');
    await offline.getByRole('heading', { name: 'Saved on this computer' }).waitFor();
    await offline.close();
    const unsaved = await show('not_saved');
    await unsaved.getByText('No room on the disk').waitFor();
    assert.equal(await unsaved.getByText(/saved on this computer/i).count(), 0);
    await unsaved.close();
  });

  for (const [scenario, said] of [['notice', 'You are counted: 43 people'], ['notice_offline', 'saved, goes when there is a connection']]) {
    it(`counts a user in by "Me too", and out by a second click (${scenario})`, async () => {
      const page = await show(scenario);
      const known = page.getByRole('region', { name: 'We know about it' });
      const meToo = known.getByRole('button', { name: 'Me too' });
      assert.equal(await meToo.getAttribute('aria-pressed'), 'false');
      await meToo.click();
      await known.getByText(said).waitFor();
      assert.equal(await meToo.getAttribute('aria-pressed'), 'true');
      assert.deepEqual(await violations(page), []);
      await meToo.click();
      await known.getByText('Noted: your report is looked at on its own').waitFor();
      assert.equal(await known.getByRole('button', { name: 'Mine is another' }).getAttribute('aria-pressed'), 'true');
      assert.equal(await meToo.getAttribute('aria-pressed'), 'false');
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  }

  it('answers a notice by keyboard without moving anything', async () => {
    const page = await show('notice', { language: 'ru' });
    const button = page.getByRole('button', { name: 'У меня то же' });
    const before = await button.boundingBox();
    await button.focus();
    await page.keyboard.press('Space');
    await page.getByText(/Вы учтены: 43 человека/).waitFor();
    assert.equal((await button.boundingBox())?.y, before?.y);
    await page.close();
  });

  it('tells that a ticket belongs to a known incident', async () => {
    const page = await show('known');
    await page.getByText('We know, and are on it').waitFor();
    await page.getByText('No network on the second floor').waitFor();
    await page.close();
  });

  it('lets the user answer a question', async () => {
    const page = await show('question');
    await page.getByLabel('Your answer').fill('Printing');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Your answer is on its way').waitFor();
    await page.close();
  });

  it('says what was sent and what never is', async () => {
    const page = await show('answered');
    await page.getByText('What was sent').click();
    await page.getByText(/Never taken: passwords/).waitFor();
    await page.close();
  });
});
