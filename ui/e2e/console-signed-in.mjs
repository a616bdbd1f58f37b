// A signed-in page of the console against the mock collector.
import { PATIENCE_MS } from './browser.mjs';

/** Everything the browser complains of is gathered in `complaints` and must stay empty. */
export async function enter({ mock, browser }, { language = 'ru', theme = 'light', viewport = { width: 1440, height: 900 }, scale = 1, path = '/', role = 'lead' } = {}) {
  mock.reset();
  mock.actAs(role);
  mock.set({ failing: false, empty: false, delayMs: 0 });
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale, locale: language === 'ru' ? 'ru-RU' : 'en-GB', timezoneId: 'Europe/Moscow' });
  await context.addInitScript(([language, theme]) => {
    localStorage.setItem('redbutton.language', language);
    localStorage.setItem('redbutton.theme', theme);
  }, [language, theme]);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (401|409|503)/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(mock.address + path);
  await page.fill('[name=login]', 'anna');
  await page.fill('[name=password]', 'right');
  await page.keyboard.press('Enter');
  // Inside the frame: the sign-in page has a heading too.
  await page.locator('#content').locator('h1, h2').first().waitFor();
  return { page, context, complaints };
}
