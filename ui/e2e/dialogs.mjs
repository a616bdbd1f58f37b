// Renders error dialogs as they look on people's screens, each cropped and on a whole desktop of 1920×1080, and the truth about them:
// `node e2e/dialogs.mjs FOLDER`. Language, theme, scaling and face go round by the dialog's place in the list, so that every pair of
// them occurs; the same list gives the same pictures.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { desktop } from './dialogs/desktop.mjs';
import { THEMES, render, style } from './dialogs/looks.mjs';
import { dialogs } from './dialogs/texts.mjs';

const SCALES = [1, 1.25, 1.5, 2];
const FACES = ["'Open Sans', sans-serif", "'Noto Sans', sans-serif", "'Liberation Sans', sans-serif", "'DejaVu Sans', sans-serif"];
const SCREEN = { width: 1920, height: 1080 };

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('usage: node e2e/dialogs.mjs FOLDER\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await launch();
const truth = [];

for (const [place, dialog] of dialogs.entries()) {
  // Neighbours in the list differ by language; the shifts keep theme, scaling and face from going in step with it.
  const theme = Math.floor(place / 2) % 2 ? 'dark' : 'light';
  const scale = SCALES[(place + Math.floor(place / 4)) % SCALES.length];
  const font = FACES[(place + Math.floor(place / 3)) % FACES.length];
  const viewport = { width: Math.round(SCREEN.width / scale), height: Math.round(SCREEN.height / scale) };
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale, colorScheme: theme });
  const page = await context.newPage();
  const colours = THEMES[theme];
  const html = `<div id="dialog" style="display:inline-block">${render(dialog, colours, font)}</div>`;
  const write = async (kind, body, locator) => {
    await page.setContent(`<!doctype html><meta charset="utf-8"><style>${style(colours)}</style>${body}`);
    await page.evaluate(async () => {
      await document.fonts.ready;
      // Nobody reads a code that hangs over the edge of the screen.
      const over = document.querySelector('#over');
      if (!over) return;
      const room = { left: innerWidth - over.offsetWidth - 8, top: innerHeight - over.offsetHeight - 8 };
      for (const [side, most] of Object.entries(room)) over.style[side] = `${Math.max(0, Math.min(parseInt(over.style[side]), most))}px`;
    });
    const file = `${String(place + 1).padStart(2, '0')}-${dialog.language}-${dialog.look}-${theme}-${scale * 100}-${kind}.png`;
    await (locator ? page.locator(locator) : page).screenshot({ path: join(folder, file) });
    const { language, look, category, title, codes, text } = dialog;
    truth.push({ file, kind, language, look, theme, scale: scale * 100, title, codes, text, category });
  };
  await write('cropped', html, '#dialog');
  // What is behind has the other theme at every third: light programs in a dark system, and the reverse.
  const behind = place % 3 === 2 ? THEMES[theme === 'dark' ? 'light' : 'dark'] : colours;
  const whole = dialog.look === 'bsod' ? `<style>#dialog,#dialog>div{width:100vw!important;height:100vh}</style>${html}`
    : desktop(html, { theme: behind, language: dialog.language, font, seed: place, ...viewport });
  await write('desktop', whole);
  await context.close();
}
await browser.close();
await writeFile(join(folder, 'truth.json'), JSON.stringify(truth, null, 1));
process.stdout.write(`${truth.length} pictures of ${dialogs.length} dialogs\n`);
