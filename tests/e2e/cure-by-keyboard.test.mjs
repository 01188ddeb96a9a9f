// Black Friday is cured through the accessible tree alone: keys, names, roles and what the page says of itself.
import { untilModel, visitedBefore } from './steer.mjs';

export const name = 'black-friday is cured by keyboard through the accessible tree alone';
export const limit = 180;

const KEY = '{store}/till-{nn}';

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const press = (key) => page.keyboard.press(key);
  // What a screen reader says where the focus is.
  const here = () => page.evaluate(() => {
    const at = document.activeElement;
    const labels = at.labels ? [...at.labels].map((label) => label.innerText).join(' ') : '';
    return { role: at.getAttribute('role') ?? at.tagName.toLowerCase(), name: at.ariaLabel || labels || at.innerText || '' };
  });
  const tabUntil = async (wanted, key = 'Tab', most = 80) => {
    for (let i = 0; i < most; i += 1) {
      await press(key);
      const at = await here();
      if (wanted(at)) return at;
    }
    throw new Error(`no stop was found by ${key}; the last is ${JSON.stringify(await here())}`);
  };
  const status = () => page.locator('main [role=status]').first().textContent();

  await untilModel(page, 9);
  await page.waitForFunction(() => document.querySelector('main [role=status]').textContent.includes('Four of ten'),
    null, { timeout: 20_000 });
  await shot('refusing');

  for (let store = 1; store <= 4; store += 1) {
    // One tab stop holds the graph; the arrows walk in it.
    await page.evaluate(() => document.activeElement.blur());
    await tabUntil((at) => /^(store-00|stream|checkout|sales)/.test(at.name));
    await press('Home');
    for (let down = 1; down < store; down += 1) await press('ArrowDown');
    const at = await here();
    assert(at.name.startsWith(`store-00${store},`), `the arrows led to "${at.name}", not to store ${store}`);
    await press('Enter');
    await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'tab');
    await page.waitForFunction((id) => document.querySelector('.side').innerText.includes(id), `store-00${store}`);
    await tabUntil((stop) => stop.role === 'input' && stop.name.trim() === 'Key template');
    await press('Control+A');
    await page.keyboard.type(KEY);
    await press('Enter');
    const field = await page.evaluate(() => {
      const at = document.activeElement;
      return { value: at.value, invalid: at.getAttribute('aria-invalid') };
    });
    assertEqual(field, { value: KEY, invalid: null }, `the key of store ${store}`);
  }
  await shot('keys-set');
  await page.waitForFunction(() => /^One of ten shards|^Nothing is refused/.test(
    document.querySelector('main [role=status]').textContent), null, { timeout: 60_000 });
  const said = await status();
  await shot('cured');
  assert(!/Four of ten/.test(said), `the page still says: ${said}`);
  const stream = await page.locator('#node-stream').getAttribute('aria-label');
  assert(/stream, Kinesis Data Streams, 10 shards/.test(stream), `the stream says: ${stream}`);
}
