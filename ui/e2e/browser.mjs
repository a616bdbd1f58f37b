// The browser of the tests: the system's Chromium, headless, with a new empty profile.
import { chromium } from 'playwright-core';

/** Ends what hangs and measures nothing: a busy machine may take its time. */
export const PATIENCE_MS = 180_000;

export function launch() {
  return chromium.launch({
    timeout: PATIENCE_MS,
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A page in a context of its own that waits as long as it takes. */
export async function openPage(browser, options) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}
