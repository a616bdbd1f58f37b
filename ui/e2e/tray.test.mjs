// The tray window's page in a real browser, playing its scenarios.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { violations } from './axe.mjs';
import { launch, openPage } from './browser.mjs';
import { serveTray } from './pages.mjs';

const SCENARIOS = ['idle', 'diagnosing', 'saved', 'sending', 'offline', 'answered', 'notice', 'notice_offline', 'notice_refused', 'over', 'known', 'question', 'resolved', 'refused', 'withdrawn', 'not_enrolled', 'not_saved'];
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

  it('does not scroll sideways where its texts are enlarged', async () => {
    for (const scenario of SCENARIOS) {
      const page = await show(scenario, { language: 'ru' });
      await page.setViewportSize({ width: 320, height: 400 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, scenario);
      await page.close();
    }
  });

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

  for (const [scenario, counted, waits] of [['notice', 'You are counted: 43 people', ''], ['notice_offline', 'You are counted', 'saved, goes when there is a connection']]) {
    it(`takes "Me too", takes it back, and takes "Mine is another" instead (${scenario})`, async () => {
      const page = await show(scenario);
      const known = page.getByRole('region', { name: 'We know about it' });
      const [meToo, another, back] = ['Me too', 'Mine is another', 'Take it back'].map((name) => known.getByRole('button', { name }));
      assert.equal(await back.count(), 0);
      await meToo.click();
      await known.getByText(counted).waitFor();
      await known.getByText(waits).first().waitFor();
      assert.equal(await meToo.count() + (await another.count()), 0, 'answered');
      assert.deepEqual(await violations(page), []);
      await back.click();
      await another.click();
      await known.getByText('Noted: your report is looked at on its own').waitFor();
      assert.deepEqual(await violations(page), []);
      await back.click();
      await meToo.waitFor();
      if (!waits) await known.getByText('42 people affected').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  }

  it('answers a notice and takes the answer back by keyboard alone, without moving anything', async () => {
    const page = await show('notice', { language: 'ru' });
    const meToo = page.getByRole('button', { name: 'У меня то же' });
    const before = await meToo.boundingBox();
    await meToo.focus();
    await page.keyboard.press('Space');
    await page.getByText(/Вы учтены: 43 человека/).waitFor();
    const back = page.getByRole('button', { name: 'Отменить ответ' });
    assert.equal((await back.boundingBox())?.y, before?.y);
    await page.keyboard.press('Enter');
    await page.getByText(/затронуто 42 человека|затронуты 42 человека/).waitFor();
    assert.equal(await meToo.evaluate((button) => button === document.activeElement), true);
    await page.close();
  });

  it('lets "mine is another" be taken back where the notice is named no more', async () => {
    const page = await show('notice_refused');
    await page.getByText('Noted: your report is looked at on its own').waitFor();
    await page.getByRole('button', { name: 'Take it back' }).waitFor();
    await page.close();
  });

  it('says that an outage is over, and asks nothing more of it', async () => {
    const page = await show('over');
    await page.getByText('This should work again').waitFor();
    await page.getByText('Still not working? Write so below.').waitFor();
    assert.equal(await page.getByRole('button', { name: /Me too|Mine is another|Take it back/ }).count(), 0);
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
