// The page comes in two parts: the first play needs the first alone, and what is wanted of the second before it has come
// is loaded at once.
import { segments, writeSegments } from '../../scripts/split/data.mjs';
import * as wasm from '../../scripts/split/wasm.mjs';

export const name = 'two parts: the first plays alone, the second comes when it is wanted';

const FIRST = /_bg\.wasm$/;
const LATER = /_later\.wasm$/;

/** Until the stream has let records in. */
function untilLetIn(page) {
  return page.waitForFunction(() => /Kept [1-9]/i.test(document.querySelector('#node-stream')?.ariaLabel ?? ''), null,
    { polling: 50, timeout: 30_000 });
}

/** Opens a page that counts its requests of the second part. */
async function opened({ another }, hold) {
  const one = await another({});
  const asked = [];
  await one.page.route(LATER, async (route) => {
    asked.push(route.request().resourceType());
    await hold?.(asked.length);
    await route.continue().catch(() => {});
  });
  return { ...one, asked };
}

/** The first module with rubbish where the second one's constants will be; what it puts there itself stands. */
function garbled(first, later) {
  const data = ({ id }) => id === wasm.ID.data;
  const others = segments(wasm.sections(later).find(data).content.rest());
  const rubbish = others.map(({ from, bytes }) => ({ from, bytes: new Uint8Array(bytes.length).fill(0xa5) }));
  const sections = wasm.sections(first).map(({ id, content }) => {
    const own = content.rest();
    return wasm.section(id, data({ id }) ? writeSegments([...rubbish, ...segments(own)]) : own);
  });
  return { body: wasm.module(sections), bytes: rubbish.reduce((sum, one) => sum + one.bytes.length, 0) };
}

/** The constants that travel with the second part are not looked at before it is there. */
async function constants({ another, base, visit, assert, assertEqual }) {
  const { context, page, faults } = await another({});
  const origin = new URL(base).origin;
  const file = async (path) => new Uint8Array(await (await page.request.get(new URL(path, base).href)).body());
  const html = await (await page.request.get(base)).text();
  const name = html.match(/page-[^"/]*_bg\.wasm/)[0];
  const made = garbled(await file(name), await file(name.replace(FIRST, '_later.wasm')));
  assert(made.bytes > 50_000, `only ${made.bytes} bytes of constants travel with the second part`);
  const plain = html.replace(/ integrity="[^"]*"/g, ''); // the digests of what is garbled here
  await page.route((url) => url.origin === origin && url.href === base,
    (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: plain }));
  await page.route(FIRST, (route) => route.fulfill({ contentType: 'application/wasm', body: Buffer.from(made.body) }));
  const clean = async (when) => {
    const labels = () => [...document.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel).join('\n');
    const text = `${await page.evaluate(labels)}\n${await page.evaluate(() => document.body.innerText)}`;
    assert(text.length > 300 && !/[\uFFFD\u00A5]/.test(text), `rubbish is read ${when}: ${text}`);
  };
  const came = page.waitForResponse(LATER);
  await visit(page, base);
  await untilLetIn(page);
  await clean('while the first part is alone');
  await came;
  await page.waitForTimeout(300);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').or(page.getByRole('searchbox')).first().waitFor();
  await clean('when both are there');
  assertEqual(faults, [], 'nothing went wrong');
  await context.close();
}

export async function run(tools) {
  const { base, visit, assert, assertEqual } = tools;

  // Nobody touches it: the records run before the second part is asked for, and it comes by itself.
  const alone = await opened(tools);
  await visit(alone.page, base);
  await untilLetIn(alone.page);
  assertEqual(alone.asked, [], 'the first play waits for nothing of the second part');
  const came = alone.page.waitForResponse(LATER);
  const response = await came;
  assert(response.ok(), 'the second part comes by itself');
  await alone.page.waitForTimeout(300);
  await alone.page.keyboard.press('Control+k');
  await alone.page.getByRole('combobox').or(alone.page.getByRole('searchbox')).first().waitFor();
  assertEqual(alone.asked.length, 1, 'it comes once');
  assertEqual(alone.faults, [], 'nothing went wrong');
  await alone.context.close();

  // The second part is slow, and wanted: the page loads it at once, by itself, and does what was asked.
  let release;
  const held = new Promise((done) => { release = done; });
  const hurried = await opened(tools, (n) => (n === 1 ? held : undefined));
  await visit(hurried.page, base);
  await untilLetIn(hurried.page);
  await hurried.page.keyboard.press('Control+k');
  await hurried.page.getByRole('combobox').or(hurried.page.getByRole('searchbox')).first().waitFor();
  assertEqual(hurried.asked, ['fetch', 'xhr'], 'the key asks for the second part, and the command list does not wait');
  release();
  await hurried.page.waitForTimeout(300);
  await hurried.page.keyboard.press('Escape');
  await untilLetIn(hurried.page);
  assertEqual(hurried.faults, [], 'nothing went wrong');
  await hurried.context.close();

  await constants(tools);
}
