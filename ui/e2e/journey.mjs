// The first line's part of a journey, against a real collector: sign in, see the ticket come, read it, work it.
// Arguments: one JSON object {address, login, password, number, width, pictures?}; prints one JSON object of what was seen.
import { PATIENCE_MS, launch } from './browser.mjs';

const { address, login, password, number, width, pictures } = JSON.parse(process.argv[2]);
const browser = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  await context.addInitScript(() => localStorage.setItem('redbutton.language', 'en'));
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Before the sign-in the page asks who is signed in; 401 is the answer.
    if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text());
  });

  await page.goto(address);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', password);
  await page.keyboard.press('Enter');
  await page.locator(`tr[data-number="${number}"]`).waitFor();
  if (pictures) await page.screenshot({ path: `${pictures}/queue.png` });
  await page.locator(`tr[data-number="${number}"]`).click();

  await page.getByText('Verdict', { exact: true }).waitFor();
  const category = (await page.locator('main').innerText()).match(/Category\s+(.+)/)?.[1];
  // The picture follows the report; the page shows it without being asked again.
  await page.locator('button.frame img').first().waitFor();
  await page.waitForFunction((width) => document.querySelector('button.frame img')?.naturalWidth === width, width);
  await page.getByText('Network', { exact: false }).first().waitFor();
  if (pictures) await page.screenshot({ path: `${pictures}/ticket.png`, fullPage: true });
  await page.locator('button.frame').first().click();
  await page.locator('dialog img').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Take', exact: false }).first().click();
  await page.getByText(`INC-${number} is yours`).waitFor();
  await page.keyboard.press('e');
  await page.locator('textarea').fill('The router was restarted.');
  await page.getByRole('button', { name: 'Resolve and tell the user' }).click();
  await page.getByText(`INC-${number} is resolved, the user is told`).waitFor();
  console.log(JSON.stringify({ category, complaints }));
} finally {
  await browser.close();
}
