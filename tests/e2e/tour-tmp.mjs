import { launch, open, serve, visit } from './lib.mjs';
const [w, h, theme, ...which] = process.argv.slice(2);
const server = await serve('dist');
const browser = await launch();
const { page, faults } = await open(browser, server.origin, { viewport: { width: +w, height: +h }, colorScheme: theme });
await page.addInitScript(() => localStorage.setItem('millrace.visited', 'yes'));
await visit(page, server.base).catch((e) => faults.push(e.message));
const shot = async (name) => { await page.waitForTimeout(300); await page.screenshot({ path: `/tmp/t-${w}-${theme}-${name}.png`, caret: 'initial' }); };
const steps = {
  start: async () => { await page.waitForTimeout(9000); await shot('start'); },
  live: async () => { if (+w < 800) await page.getByRole('button', { name: 'Inspector' }).click(); await page.getByRole('tab', { name: 'Live' }).click(); await shot('live'); },
  learn: async () => { await page.getByRole('tab', { name: 'Learn' }).click(); await page.waitForTimeout(500); await shot('learn'); },
  code: async () => { await page.getByRole('tab', { name: 'Code' }).click(); await shot('code'); },
  config: async () => { await page.getByRole('tab', { name: 'Configure' }).click(); await shot('config'); },
  bad: async () => { const f = page.locator('.pane input[type=text]').first(); await f.fill('9999999'); await f.press('Enter'); await shot('bad'); },
  why: async () => { await page.getByRole('button', { name: 'Why?' }).first().click(); await shot('why'); },
  menu: async () => { await page.keyboard.press('Escape'); await page.getByRole('button', { name: 'Files and reset' }).click(); await shot('menu'); await page.keyboard.press('Escape'); },
  keys: async () => { await page.getByRole('button', { name: 'Keys' }).click(); await shot('keys'); await page.keyboard.press('Escape'); },
};
for (const name of which.length ? which : Object.keys(steps)) {
  try { await steps[name](); } catch (e) { console.log(name, e.message.split('\n')[0]); await shot(name + '-fail'); }
}
await browser.close(); server.stop();
console.log(faults);
