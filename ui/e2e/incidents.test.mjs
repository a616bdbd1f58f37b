// Major incidents, merging, splitting and corrections in a real browser against the mock collector.
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
const row = (page, number) => page.locator(`tr[data-number="${number}"]`);
const proposals = (page) => page.getByRole('region', { name: 'Proposed major incidents' }).locator('article');

describe('a proposed major incident', () => {
  it('appears by itself with the shared factor, and is accepted for the chosen tickets', async () => {
    const { page, context, complaints } = await enter({ language: 'en' });
    await page.getByText('Live', { exact: true }).waitFor();
    await row(page, 1042).waitFor();
    assert.equal(await proposals(page).count(), 0);
    mock.propose();
    await page.getByText('Looks like a major incident: 13 people').waitFor();
    await page.getByText('12 of 13 share gateway 10.2.0.1; 3 of 400 others do').waitFor();
    assert.deepEqual(await violations(page), []);

    await proposals(page).first().getByRole('button', { name: 'Review' }).click();
    const review = page.getByRole('dialog');
    await review.getByText('не открывается почта и 1С').waitFor();
    assert.deepEqual(await violations(page), []);
    await review.getByRole('checkbox', { name: /INC-1053/ }).uncheck();
    await review.getByText('10 of 11 chosen').waitFor();
    assert.equal(await review.getByLabel('In Russian').inputValue(), 'Нет сети на втором этаже');
    await review.getByLabel('In English').fill('');
    await review.getByRole('button', { name: 'It is one incident' }).click();
    await review.getByText('Write the text in both languages.').waitFor();
    await review.getByLabel('In English').fill('No network on floor 2');
    await review.getByRole('button', { name: 'It is one incident' }).click();

    await page.waitForURL(/\/tickets\/1042$/);
    const members = page.getByRole('region', { name: 'Tickets in this incident' });
    await members.getByRole('link', { name: 'INC-1051' }).waitFor();
    assert.equal(await members.locator('li').count(), 9);
    await page.getByText(/made it a major incident: No network on floor 2; 9 tickets belong to it/).waitFor();
    await page.getByRole('link', { name: 'Open', exact: true }).first().click();
    await row(page, 1042).getByText('Major incident').waitFor();
    await row(page, 1042).getByText(/stands for 9 tickets more/).waitFor();
    assert.equal(await row(page, 1051).count(), 0, 'members leave the queue');
    await row(page, 1053).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('is taken back as a whole where it was accepted, and may be decided again', async () => {
    const { page, context, complaints } = await enter({ language: 'en' });
    await page.getByText('Live', { exact: true }).waitFor();
    mock.propose();
    await proposals(page).first().getByRole('button', { name: 'Review' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'It is one incident' }).click();
    await page.waitForURL(/\/tickets\/1042$/);
    const members = page.getByRole('region', { name: 'Tickets in this incident' });
    await members.getByRole('link', { name: 'INC-1060' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await members.getByRole('button', { name: 'Undo major incident' }).click();
    await page.getByText('INC-1042 is no major incident any more, 10 tickets stand on their own again').waitFor();
    await members.waitFor({ state: 'detached' });
    await page.getByText(/took back that it is a major incident; 10 tickets stand on their own again/).waitFor();
    await page.getByRole('link', { name: 'Open', exact: true }).first().click();
    await row(page, 1060).waitFor();
    await page.getByText('Looks like a major incident: 13 people').waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('is dismissed only when nobody pressed Undo', async () => {
    const { page, context } = await enter({ language: 'en' });
    await page.getByText('Live', { exact: true }).waitFor();
    mock.propose();
    await page.getByText('Looks like a major incident: 13 people').waitFor();
    await proposals(page).first().getByRole('button', { name: 'Not one incident' }).click();
    await page.getByText('Looks like a major incident: 13 people').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Looks like a major incident: 13 people').waitFor();
    assert.equal(mock.proposed(), 2);
    await proposals(page).first().getByRole('button', { name: 'Not one incident' }).click();
    await page.getByRole('button', { name: 'Hide', exact: true }).or(page.getByRole('button', { name: 'Dismiss', exact: true })).click();
    await page.waitForFunction(() => document.querySelectorAll('section[aria-label="Proposed major incidents"] article').length === 1);
    const started = Date.now();
    while (mock.proposed() !== 1) {
      assert.ok(Date.now() - started < 10_000, 'the collector was not told');
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await context.close();
  });

  it('fits 720 × 450 and is readable in Russian, dark', async () => {
    const { page, context } = await enter({ theme: 'dark', viewport: { width: 720, height: 450 }, scale: 2 });
    await page.getByText('На связи').waitFor();
    mock.propose();
    await page.getByText('Похоже на массовый сбой: 13 человек').waitFor();
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok((await over()) <= 0);
    await page.getByRole('button', { name: 'Разобраться' }).first().click();
    await page.getByRole('dialog').getByText('выбрано 11 из 11').waitFor();
    assert.ok((await over()) <= 0);
    assert.deepEqual(await violations(page), []);
    await context.close();
  });
});

describe('a ticket among others', () => {
  it('is merged into a similar one and split again by Undo', async () => {
    const { page, context } = await enter({ path: '/tickets/1041', language: 'en' });
    const similar = page.getByRole('region', { name: 'Similar tickets' });
    await similar.getByText('No open ticket is like this one.').waitFor();
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'What is it really?' }).waitFor();
    await page.keyboard.press('7');
    await similar.getByText('The same: version 1С 8.3.24.1624, gateway 10.2.0.1; nearly the same words').first().waitFor();
    await similar.getByRole('button', { name: 'Merge into it INC-1039' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await similar.getByRole('button', { name: 'Merge into it INC-1039' }).click();
    await page.getByText('Part of INC-1039', { exact: true }).waitFor();
    await page.getByText(/merged it into INC-1039/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Resolve' }).count(), 0, 'it is resolved with the other');
    // The message goes by itself, but not while somebody points at it.
    const undo = page.getByRole('status').getByRole('button', { name: 'Undo' }).last();
    await undo.hover();
    assert.deepEqual(await violations(page), []);
    await undo.click();
    await page.getByText('Part of INC-1039', { exact: true }).waitFor({ state: 'detached' });
    await page.getByText(/split it out of INC-1039/).waitFor();
    await context.close();
  });

  it('is made a major incident by hand, and lets members go one by one', async () => {
    const { page, context } = await enter({ path: '/tickets/1042', language: 'en' });
    await page.getByRole('button', { name: /Declare a major incident/ }).waitFor();
    await page.keyboard.press('m');
    const form = page.getByRole('dialog', { name: 'Declare a major incident' });
    await form.getByLabel('In English').waitFor();
    assert.deepEqual(await violations(page), []);
    await form.getByRole('button', { name: 'Declare and tell users' }).click();
    await page.getByText('INC-1042 is a major incident, users are told').waitFor();
    await page.getByText('No other ticket belongs to it yet.', { exact: false }).waitFor();
    await context.close();

    const again = await enter({ path: '/', language: 'en' });
    await again.page.getByText('Live', { exact: true }).waitFor();
    mock.propose();
    await proposals(again.page).first().getByRole('button', { name: 'Review' }).click();
    await again.page.getByRole('dialog').getByRole('button', { name: 'It is one incident' }).click();
    const members = again.page.getByRole('region', { name: 'Tickets in this incident' });
    await members.getByRole('button', { name: 'Split INC-1051 out' }).click();
    await again.page.getByText('INC-1051 stands on its own again').waitFor();
    await members.getByRole('link', { name: 'INC-1051' }).waitFor({ state: 'detached' });
    await again.page.getByText('INC-1051 stands on its own again').locator('..').getByRole('button', { name: 'Undo' }).click();
    await members.getByRole('link', { name: 'INC-1051' }).waitFor();
    await again.context.close();
  });

  it('has its category corrected by two keys, says by whom, and goes back by Undo', async () => {
    const { page, context } = await enter({ path: '/tickets/1039' });
    const verdict = page.getByRole('region', { name: 'Диагноз' });
    await verdict.getByText('Программы', { exact: true }).waitFor();
    await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'с', code: 'KeyC' })));
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('6');
    await verdict.getByText('исправлено: Анна Крылова').waitFor();
    await verdict.getByText('Быстродействие', { exact: true }).waitFor();
    await page.getByText(/категория исправлена: Программы → Быстродействие/).waitFor();
    await page.getByRole('button', { name: 'Отменить' }).click();
    await verdict.getByText('Программы', { exact: true }).waitFor();
    assert.deepEqual(await violations(page), []);
    await context.close();
  });

  it('shows the text on a picture with the evidence in it marked', async () => {
    const { page, context } = await enter({ path: '/tickets/1039', language: 'en' });
    const pictures = page.getByRole('region', { name: 'Screenshots' });
    await pictures.locator('summary', { hasText: 'Text on the screen' }).click();
    const text = pictures.getByRole('region', { name: 'Text on the screen' });
    await text.getByText('core83.dll, 0xc0000005', { exact: false }).waitFor();
    assert.deepEqual(await text.locator('mark').allTextContents(), ['Программа не отвечает']);
    assert.deepEqual(await violations(page), []);
    await page.goto(`${mock.address}/tickets/1042`);
    await page.getByRole('tab').nth(2).click();
    await page.getByText('Reading the text…').waitFor();
    await context.close();
  });
});
