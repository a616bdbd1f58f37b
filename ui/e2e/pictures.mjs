// Takes the pictures of the README from the built pages: `npm run build && npm run pictures`. Into docs/pictures.
import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { start } from '../console/mock/server.mjs';
import { launch } from './browser.mjs';
import { serveTray } from './pages.mjs';

const OUT = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const MAX_BYTES = 150_000;

await mkdir(OUT, { recursive: true });
const mock = await start();
const tray = await serveTray();
const browser = await launch();

async function context(language, theme, viewport) {
  const made = await browser.newContext({ viewport, colorScheme: theme, locale: language === 'ru' ? 'ru-RU' : 'en-GB', timezoneId: 'Europe/Moscow', reducedMotion: 'reduce' });
  await made.addInitScript(([language, theme]) => {
    localStorage.setItem('redbutton.language', language);
    localStorage.setItem('redbutton.theme', theme);
  }, [language, theme]);
  return made.newPage();
}

async function enter(page, path) {
  await page.goto(mock.address + path);
  await page.fill('[name=login]', 'anna');
  await page.fill('[name=password]', 'right');
  await page.keyboard.press('Enter');
}

async function take(page, name) {
  await page.waitForLoadState('networkidle').catch(() => undefined); // The live stream never ends.
  const path = `${OUT}${name}.jpg`;
  let bytes = Infinity;
  for (let quality = 90; bytes > MAX_BYTES && quality >= 50; quality -= 10) {
    await page.screenshot({ path, type: 'jpeg', quality });
    bytes = (await stat(path)).size;
  }
  process.stdout.write(`${name}.jpg ${Math.round(bytes / 1000)} kB\n`);
}

for (const [language, theme, path, name] of [
  ['en', 'light', '/', 'console-queue'],
  ['en', 'light', '/tickets/1041', 'console-ticket'],
  ['ru', 'dark', '/tickets/1039', 'console-ticket-ru-dark'],
]) {
  const page = await context(language, theme, { width: 1440, height: 900 });
  await enter(page, path);
  await page.locator('tbody tr, main h2').first().waitFor();
  await take(page, name);
  await page.context().close();
}
{
  const page = await context('en', 'light', { width: 1440, height: 1000 });
  await enter(page, '/');
  await page.getByText('Live', { exact: true }).waitFor();
  mock.propose();
  await page.getByRole('button', { name: 'Review' }).first().click();
  await page.getByRole('dialog').getByText('INC-1053').waitFor();
  await take(page, 'console-incident');
  await page.goto(`${mock.address}/triage`);
  await page.locator('figure svg').first().waitFor();
  await take(page, 'console-triage');
  await page.goto(`${mock.address}/rules`);
  await page.locator('.cm-content').waitFor();
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText('3 verdicts would change', { exact: false }).waitFor();
  await take(page, 'console-rules');
  await page.context().close();
}
const page = await context('en', 'light', { width: 420, height: 520 });
await page.goto(`${tray.address}/?scenario=notice&language=en`);
await page.getByText('INC-1041').waitFor();
await take(page, 'tray-window');

await browser.close();
await mock.close();
await tray.close();
