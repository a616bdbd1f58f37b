// The console in a real browser against the mock collector, under the collector's own content security policy.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { start } from '../console/mock/server.mjs';
import { violations } from './axe.mjs';
import { launch, openPage } from './browser.mjs';
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
/** Something that is held back until the test opens it. */
const gate = () => {
  let open;
  return { passed: new Promise((resolve) => (open = resolve)), open: () => open() };
};
const row = (page, number) => page.locator(`tr[data-number="${number}"]`);

describe('signing in', () => {
  it('explains a wrong password and lets nobody in', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(mock.address);
    await page.waitForSelector('form');
    assert.deepEqual(await violations(page), []);
    await page.click('[type=submit]');
    await page.getByRole('alert').waitFor();
    await page.fill('[name=login]', 'anna');
    await page.fill('[name=password]', 'wrong');
    await page.click('[type=submit]');
    await page.getByText('Wrong login or password').waitFor();
    assert.equal(await page.locator('nav').count(), 0);
    await page.close();
  });

  it('asks again when the session ends, and keeps what was typed', async () => {
    const { page, context } = await enter({ path: '/tickets/1041' });
    await page.getByRole('button', { name: /^Ответить/ }).waitFor();
    await page.keyboard.press('r');
    await page.locator('textarea').fill('Сейчас посмотрю');
    mock.expireSessions();
    await page.keyboard.press('Control+Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.locator('[name=password]').fill('right');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.locator('textarea').inputValue(), 'Сейчас посмотрю');
    await context.close();
  });

  it('is not ended by a late answer to what was asked in the session before', async () => {
    const { page, context } = await enter();
    await page.getByText('На связи').waitFor();
    const [expired, refused, signedInAgain] = [gate(), gate(), gate()];
    let late;
    await page.route('**/api/v1/tickets?view=mine', async (route) => {
      late = route.request();
      await expired.passed;
      const response = await route.fetch();
      refused.open();
      await signedInAgain.passed;
      await route.fulfill({ response });
    }, { times: 1 });
    const asked = page.waitForRequest(/view=mine/);
    await page.getByRole('link', { name: /Мои/ }).click();
    await asked;
    mock.expireSessions();
    expired.open();
    await refused.passed;
    mock.propose();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[name=password]').fill('right');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    signedInAgain.open();
    const answer = await late.response();
    assert.equal(answer.status(), 401);
    await answer.finished();
    await row(page, 1039).waitFor();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await dialog.count(), 0);
    await context.close();
  });
});

describe('the keyboard', () => {
  it('signs in: what is typed stays in its field', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(mock.address);
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'login');
    await page.keyboard.type('anna');
    await page.keyboard.press('Tab');
    await page.keyboard.type('right');
    assert.deepEqual([await page.inputValue('[name=login]'), await page.inputValue('[name=password]')], ['anna', 'right']);
    await page.keyboard.press('Enter');
    await page.waitForSelector('main h1');
    await page.close();
  });

  it('begins in the password when the session has ended, with no way round it', async () => {
    const { page, context } = await enter({ path: '/tickets/1041', language: 'en' });
    mock.expireSessions();
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'password');
    assert.equal(await dialog.getByRole('button', { name: 'Close' }).count(), 0);
    await page.keyboard.press('Escape');
    assert.ok(await dialog.isVisible());
    await context.close();
  });

  it('begins in the first field of a form', async () => {
    const { page, context } = await enter({ path: '/tickets/1041', language: 'en' });
    await page.getByRole('button', { name: 'Take', exact: true }).waitFor();
    await page.keyboard.press('m');
    await page.getByRole('dialog').waitFor();
    await page.waitForFunction(() => document.activeElement === document.querySelector('dialog input'));
    await context.close();
  });
});

describe('every screen', () => {
  const screens = ['/', '/tickets/1042', '/tickets/1039', '/tickets/1041', '/tickets/1040', '/notices', '/nowhere'];
  for (const [language, theme] of [['ru', 'light'], ['en', 'dark'], ['ru', 'dark'], ['en', 'light']]) {
    it(`has no serious barrier in ${language}, ${theme}`, async () => {
      const { page, context, complaints } = await enter({ language, theme });
      for (const path of screens) {
        await page.goto(mock.address + path);
        await page.locator('main h1, main h2').first().waitFor();
        await page.locator('main [role=status][aria-label]').first().waitFor({ state: 'detached' });
        assert.deepEqual(await violations(page), [], path);
      }
      await page.goto(`${mock.address}/tickets/1038`);
      await page.locator('header .primary').hover();
      assert.deepEqual(await violations(page), [], 'under the pointer');
      await page.goto(`${mock.address}/tickets/1039`);
      await page.locator('button.frame').click();
      await page.locator('dialog img').waitFor();
      assert.deepEqual(await violations(page), [], 'lightbox');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('r');
      await page.locator('textarea').waitFor();
      assert.deepEqual(await violations(page), [], 'reply');
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  it('fits 720 × 450, which is 1440 × 900 at 200 %, without scrolling the page sideways', async () => {
    const { page, context } = await enter({ viewport: { width: 720, height: 450 }, scale: 2 });
    for (const path of screens) {
      await page.goto(mock.address + path);
      await page.locator('main h1, main h2').first().waitFor();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${path} is ${over} px too wide`);
    }
    await context.close();
  });

  it('keeps the navigation in place: only what is beside it scrolls', async () => {
    const { page, context } = await enter();
    for (const path of screens) {
      await page.goto(mock.address + path);
      await page.locator('main h1, main h2').first().waitFor();
      await page.locator('main [role=status][aria-label]').first().waitFor({ state: 'detached' });
      const heights = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
      assert.equal(heights[0], heights[1], path);
    }
    await context.close();
  });

  it('scrolls as a whole at 200 %, and what the keyboard selects is in sight', async () => {
    const { page, context } = await enter({ viewport: { width: 720, height: 450 }, scale: 2 });
    await row(page, 1042).waitFor();
    const last = (await page.locator('tbody tr').count()) - 1;
    const inSight = () =>
      page.evaluate(() => {
        const [head, selected] = ['thead th', 'tr.selected'].map((one) => document.querySelector(one).getBoundingClientRect());
        return selected.top >= Math.max(head.bottom, 0) - 1 && selected.bottom <= innerHeight + 1;
      });
    for (let n = 0; n <= last; n += 1) await page.keyboard.press('j');
    assert.ok(await inSight(), 'going down');
    for (let n = 0; n < last; n += 1) await page.keyboard.press('k');
    assert.ok(await inSight(), 'going up');
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    assert.ok((await page.locator('nav').first().boundingBox()).y < 0, 'the navigation makes room');
    await context.close();
  });
});

describe('the queue', () => {
  it('is worked by keyboard: j, k, Enter, t, /, also under a Russian layout', async () => {
    const { page, context } = await enter();
    await row(page, 1042).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await page.locator('tr.selected').getAttribute('data-number'), '1042');
    await page.keyboard.press('t');
    await row(page, 1042).locator('.assignee', { hasText: 'Вы' }).waitFor();
    await page.getByRole('button', { name: 'Отменить' }).click();
    await row(page, 1042).locator('.assignee', { hasText: 'Не назначен' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('BUH-07');
    // While it asks there is no row at all, and a part of the word may be asked for first.
    await page.waitForFunction(() => location.search.includes('q=BUH-07') && document.querySelectorAll('tbody tr').length === 1);
    assert.equal(await row(page, 1042).count(), 0);
    await page.keyboard.press('Escape');
    await row(page, 1042).waitFor();
    await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'о', code: 'KeyJ' })));
    await page.locator('tr.selected').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tickets\/\d+$/);
    await context.close();
  });

  it('shows a new ticket by itself, and lets it wait while somebody points at the list', async () => {
    const { page, context } = await enter();
    await page.getByText('На связи').waitFor();
    await row(page, 1042).waitFor();
    mock.press(1043);
    await row(page, 1043).waitFor();
    await row(page, 1042).hover();
    const before = await row(page, 1042).boundingBox();
    mock.press(1044);
    const pending = page.getByRole('button', { name: '1 новое обращение выше' });
    await pending.waitFor();
    assert.deepEqual(await row(page, 1042).boundingBox(), before);
    assert.equal(await row(page, 1044).count(), 0);
    await pending.click();
    await row(page, 1044).waitFor();
    await context.close();
  });

  it('shows what came between the first reading and the live stream', async () => {
    const { page, context } = await enter();
    await page.getByText('На связи').waitFor();
    const stream = gate();
    await page.route('**/tickets/stream', async (route) => {
      await stream.passed;
      await route.continue();
    });
    await page.reload();
    await row(page, 1042).waitFor();
    mock.press(1043);
    mock.propose();
    stream.open();
    await row(page, 1043).waitFor();
    await page.getByText('Похоже на массовый сбой: 13 человек').waitFor();
    await context.close();
  });

  it('has room for every age', async () => {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 720, height: 450 }]) {
      const { page, context } = await enter({ viewport });
      mock.press(1043);
      const age = row(page, 1043).locator('.age');
      await age.getByText('только что').waitFor();
      const over = await age.evaluate((cell) => cell.firstElementChild.getBoundingClientRect().right - (cell.getBoundingClientRect().right - parseFloat(getComputedStyle(cell).paddingRight)));
      assert.ok(over < 1, `${over} px over the edge at ${viewport.width}`);
      await context.close();
    }
  });

  it('says when it lost the connection and when it is back', async () => {
    const { page, context } = await enter();
    await page.getByText('На связи').waitFor();
    mock.set({ failing: true });
    mock.dropStreams();
    await page.getByText('Восстанавливаем связь…').waitFor();
    mock.set({ failing: false });
    await page.getByText('На связи').waitFor();
    await context.close();
  });

  it('has something to say when it is empty, when it fails, and when nothing is found', async () => {
    const { page, context } = await enter();
    mock.set({ empty: true });
    await page.goto(mock.address);
    await page.getByText('Очередь пуста').waitFor();
    await page.goto(`${mock.address}/?q=zzz`);
    await page.getByText('Ничего не найдено').waitFor();
    mock.set({ empty: false });
    await page.getByRole('button', { name: 'Показать все обращения' }).click();
    await row(page, 1042).waitFor();
    mock.set({ failing: true });
    await page.getByRole('link', { name: /Мои/ }).click();
    await page.getByText('Сервер запускается или перегружен').waitFor();
    mock.set({ failing: false });
    await page.getByRole('button', { name: 'Повторить' }).click();
    await row(page, 1039).waitFor();
    await context.close();
  });
});

describe('a ticket', () => {
  it('leads from evidence to the value it rests on', async () => {
    const { page, context } = await enter({ path: '/tickets/1041', language: 'en' });
    await page.getByRole('button', { name: /Disks: volumes, free share/ }).click();
    // Found and read in one step: it shines for a moment only.
    const shining = await page.waitForFunction(() => document.querySelector('td.flash')?.textContent);
    assert.equal((await shining.jsonValue()).replace(/\s/g, ' '), '0.1 %');
    await context.close();
  });

  it('says where the fault lies, what it was made from, and why the priority is what it is', async () => {
    const { page, context } = await enter({ path: '/tickets/1039', language: 'en' });
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.getByText('1С:Предприятие', { exact: true }).waitFor();
    await verdict.getByText(/^Made from:.*facts.*words.*screen/).waitFor();
    const why = verdict.getByRole('button', { name: 'Why: priority' });
    assert.equal(await verdict.getByRole('table').count(), 0, 'compact until asked');
    await why.click();
    assert.equal(await why.getAttribute('aria-expanded'), 'true');
    await verdict.getByRole('table', { name: 'Priority by impact and urgency' }).waitFor();
    assert.match((await verdict.locator('td[aria-current]').textContent()) ?? '', /^P2/);
    await verdict.getByText('1C is business-critical by policy').waitFor();
    assert.deepEqual(await violations(page), []);
    await context.close();
  });

  it('tells what it rests on from what spoke against it', async () => {
    const { page, context } = await enter({ path: '/tickets/1039', language: 'en' });
    const group = (title) => page.locator('.findings', { has: page.getByRole('heading', { name: title }) });
    await group('It rests on').getByText(/crashed 3 times/).waitFor();
    await group('What speaks against it').getByText('Memory is 86 % used').waitFor();
    assert.equal(await group('It rests on').getByText('Memory is 86 % used').count(), 0);
    await context.close();
  });

  it('that is not there says so and leads back', async () => {
    const { page, context } = await enter({ path: '/tickets/99999', language: 'en' });
    await page.getByText('There is no INC-99999').waitFor();
    await page.getByRole('button', { name: 'To the queue' }).click();
    await row(page, 1042).waitFor();
    await context.close();
  });

  it('is taken over from a colleague only on purpose', async () => {
    const { page, context } = await enter({ path: '/tickets/1038', language: 'en' });
    await page.getByRole('button', { name: 'Take', exact: true }).waitFor();
    mock.takeByAnother(1038);
    await page.keyboard.press('t');
    await page.getByText('Павел Орлов already has this ticket').waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Take over' }).click();
    await page.getByText('INC-1038 is yours').waitFor();
    await page.getByText(/took the ticket over/).waitFor();
    await context.close();
  });

  it('is resolved only with words for the user, and reopened by Undo', async () => {
    const { page, context } = await enter({ path: '/tickets/1039', language: 'en' });
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('button', { name: 'Resolve and tell the user' }).click();
    await page.getByText('Write a few words: the user reads them.').waitFor();
    await page.locator('textarea').fill('The platform was updated.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('INC-1039 is resolved, the user is told').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('INC-1039 is open again').waitFor();
    await context.close();
  });

  it('asks the user the deciding question with one click, in the user’s language', async () => {
    const { page, context } = await enter({ path: '/tickets/1040', language: 'en' });
    await page.getByRole('button', { name: 'Ask the user this' }).click();
    await page.getByText('Asked', { exact: true }).waitFor();
    await page.locator('aside').getByText('Что именно не работает: программа, печать или вход куда-либо?').waitFor();
    await context.close();
  });

  it('shows pictures in full, zoomed by wheel and keys', async () => {
    const { page, context } = await enter({ path: '/tickets/1039', language: 'en' });
    await page.locator('button.frame').click();
    const scale = page.locator('dialog .scale');
    // What fits is known once the picture is there.
    await page.waitForFunction(() => document.querySelector('dialog img')?.naturalWidth > 0);
    await page.keyboard.press('1');
    await page.waitForFunction(() => /^100/.test(document.querySelector('dialog .scale')?.textContent ?? ''));
    await page.keyboard.press('0');
    await page.waitForFunction(() => !/^100/.test(document.querySelector('dialog .scale')?.textContent ?? ''));
    const fitted = await scale.textContent();
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction((fitted) => document.querySelector('dialog .scale')?.textContent !== fitted, fitted);
    await page.keyboard.press('0');
    await page.waitForFunction((fitted) => document.querySelector('dialog .scale')?.textContent === fitted, fitted);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await context.close();
  });

  it('shows the other reports that joined', async () => {
    const { page, context } = await enter({ path: '/tickets/1042' });
    await page.getByText('Ещё передаётся').waitFor();
    await page.getByRole('tab').nth(2).click();
    await page.getByText('Коллега рядом тоже без сети').first().waitFor();
    assert.equal(await page.locator('button.frame').count(), 2);
    await context.close();
  });
});

describe('notices', () => {
  it('say by name whom they concern', async () => {
    const { page, context } = await enter({ path: '/notices', language: 'en' });
    await page.getByText('Email: site Northern warehouse, outlook, почта').waitFor();
    await page.getByText('Files and shares, whole category').waitFor();
    await context.close();
  });

  it('are published in both languages and closed', async () => {
    const { page, context } = await enter({ path: '/notices' });
    await page.getByRole('button', { name: 'Новое оповещение' }).click();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Опубликовать' }).click();
    await page.getByText('Напишите текст на обоих языках.').waitFor();
    await page.getByLabel('Текст по-русски').fill('Не работает телефония');
    await page.getByLabel('Текст по-английски').fill('Telephony is down');
    await page.getByRole('button', { name: 'Опубликовать' }).click();
    const notice = page.locator('li', { hasText: 'Не работает телефония' });
    await notice.waitFor();
    await notice.getByRole('button', { name: 'Закрыть оповещение' }).click();
    await notice.waitFor({ state: 'detached' });
    await context.close();
  });
});
