// A person builds tills -> stream -> Lambda -> table in an empty shop: by mouse alone, by touch alone, and by keyboard
// through the accessible tree alone. All three come to one world, told by one digest.
import { readFileSync } from 'node:fs';
import { visitedBefore } from './steer.mjs';

export const name = 'workbench: one design by mouse, by touch and by keyboard, one digest';
export const limit = 240;

const PARTS = ['tills', 'kinesis', 'lambda', 'dynamodb'];
const NODES = ['tills', 'stream', 'function', 'table'];
const WIRES = [['tills', 'stream', null], ['stream', 'function', null], ['function', 'table', 'write']];
const VIEWPORT = { width: 1280, height: 800 };

/** Model time at which the three are compared [s]. */
const AT = 30;

const box = (page, id) => page.locator(`#node-${id}`).boundingBox();

/** Where a service is let go: four places side by side on the stage. */
async function places(page) {
  const stage = await page.locator('#stage').boundingBox();
  return [0.13, 0.4, 0.68, 0.88].map((share) => ({
    x: stage.x + stage.width * share, y: stage.y + stage.height * 0.55,
  }));
}

async function openShop(page, act) {
  await act(page.locator('#scenario-button'));
  await act(page.locator('#scenario-open-shop'));
  await page.locator('.tasks').waitFor();
}

/** Three wires, each drawn from the port at the right of a card onto the next card. */
async function wires(page, draw, press) {
  for (const [from, to, kind] of WIRES) {
    const [a, b] = [await box(page, from), await box(page, to)];
    await draw({ x: a.x + a.width, y: a.y + a.height / 2 }, { x: b.x + 12, y: b.y + b.height / 2 });
    if (kind) await press(page.locator(`.joins [data-kind="${kind}"]`));
    await page.locator(`#node-${from}-to-${to}`).waitFor({ state: 'attached' });
  }
}

async function byMouse(page) {
  const press = (locator) => locator.click();
  await openShop(page, press);
  const spots = await places(page);
  for (const [ix, part] of PARTS.entries()) {
    const entry = await page.locator(`.palette [data-service="${part}"]`).boundingBox();
    await page.mouse.move(entry.x + 30, entry.y + entry.height / 2);
    await page.mouse.down();
    await page.mouse.move(spots[ix].x - 60, spots[ix].y - 20, { steps: 6 });
    await page.mouse.move(spots[ix].x, spots[ix].y, { steps: 3 });
    await page.mouse.up();
    await page.locator(`#node-${NODES[ix]}`).waitFor({ state: 'attached' });
  }
  await wires(page, async (from, to) => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, from.y + 30, { steps: 5 });
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
  }, press);
  await page.getByLabel('Speed', { exact: true }).selectOption({ label: '10x' });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await untilShown(page, AT + 2);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
}

async function byTouch(page, context) {
  const cdp = await context.newCDPSession(page);
  const send = (type, points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  const press = async (locator) => {
    const at = await locator.boundingBox();
    await page.touchscreen.tap(at.x + at.width / 2, at.y + at.height / 2);
  };
  const drag = async (from, to) => {
    await send('touchStart', [from]);
    // sideways first: up and down would scroll the list
    for (let step = 1; step <= 12; step += 1) {
      const share = step / 12;
      await send('touchMove', [{ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share ** 2 }]);
    }
    // a finger that rests before it is lifted flings nothing
    await page.waitForTimeout(150);
    await send('touchMove', [{ ...to }]);
    await page.waitForTimeout(150);
    await send('touchEnd', []);
  };
  await openShop(page, press);
  const spots = await places(page);
  for (const [ix, part] of PARTS.entries()) {
    const entry = await page.locator(`.palette [data-service="${part}"]`).boundingBox();
    await drag({ x: entry.x + 30, y: entry.y + entry.height / 2 }, spots[ix]);
    await page.locator(`#node-${NODES[ix]}`).waitFor({ state: 'attached' });
  }
  await wires(page, drag, press);
  await page.getByLabel('Speed', { exact: true }).selectOption({ label: '10x' });
  await press(page.getByRole('button', { name: 'Play', exact: true }));
  await untilShown(page, AT + 2);
  await press(page.getByRole('button', { name: 'Pause', exact: true }));
}

/** Only keys, and only what the accessible tree says: names, roles, the focus. */
async function byKeyboard(page, assert) {
  const key = (...keys) => keys.reduce((before, one) => before.then(() => page.keyboard.press(one)), Promise.resolve());
  const focused = () => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.innerText ?? '');
  const command = async (text) => {
    await key('Control+k');
    await page.getByRole('combobox', { name: 'All commands' }).waitFor();
    await page.waitForFunction(() => document.activeElement.id === 'command-field');
    await page.keyboard.type(text);
    await page.getByRole('option', { name: text }).first().waitFor();
    await key('Enter');
  };
  await command('Open an empty shop');
  await page.getByRole('region', { name: 'Three things to do' }).waitFor();
  const services = ['Store tills', 'Kinesis Data Streams', 'Lambda', 'DynamoDB table'];
  await page.getByRole('searchbox', { name: 'Find a service' }).waitFor();
  for (const [ix, service] of services.entries()) {
    // the list of services by its key, folded and opened again: its field has the focus, Tab leads to what it found
    await command('Services: open or fold');
    await command('Services: open or fold');
    await page.waitForFunction(() => document.activeElement.id === 'palette-find');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(service);
    await key('Tab', 'Tab');
    assert((await focused()).includes(service), `the focus is on ${await focused()}, not on ${service}`);
    await key('Enter');
    await page.getByRole('group', { name: 'Placing' }).waitFor();
    assert((await focused()) === 'Place here', `the focus is on ${await focused()} while placing`);
    const steps = [-6, -2, 4, 7][ix]; // from the middle of the stage, fifty units each
    for (let step = 0; step < Math.abs(steps); step += 1) await key(`Shift+Arrow${steps < 0 ? 'Left' : 'Right'}`);
    await key('ArrowUp', 'Enter');
    await page.waitForFunction((id) => document.activeElement.id === `node-${id}`, NODES[ix]);
  }
  for (const [from, to, kind] of WIRES) {
    await command(`Go to ${from} (`);
    await command(`${from}: Wire to`);
    await page.getByRole('dialog').waitFor();
    const wanted = kind ? `${to}: Write` : `${to}:`;
    for (let step = 0; step < 12 && !(await focused()).startsWith(wanted); step += 1) await key('Tab');
    assert((await focused()).startsWith(wanted), `${await focused()} instead of ${wanted}`);
    await key('Enter');
    await page.waitForFunction((id) => document.activeElement.id === `node-${id}`, from);
  }
  await command('Speed 10x');
  await command('Play');
  await untilShown(page, AT + 2);
  await command('Pause');
}

async function untilShown(page, second) {
  await page.waitForFunction((wanted) => {
    const [h, m, s] = document.querySelector('.clock .time').textContent.split(':').map(Number);
    return (h - 10) * 3600 + m * 60 + s >= wanted;
  }, second, { timeout: 60_000 });
}

/** The world at AT seconds: the file that the page saves there, without the layout. */
async function world(page, assert) {
  await page.getByRole('slider', { name: 'Timeline' }).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('PageUp'); // a tenth of a minute each
  await page.waitForFunction(() => document.querySelector('.clock .time').textContent.startsWith('10:00:30.000'));
  await page.waitForTimeout(600);
  await page.getByRole('button', { name: 'Files and reset' }).click();
  const [saved] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save this run as a file' }).click()]);
  const file = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  assert(file.end.at_us === AT * 1e6, `it was saved at ${file.end.at_us}`);
  const { layout, ...design } = file.design;
  return { digest: file.end.digest, design, inputs: file.inputs ?? [] };
}

/** A page of its own is seen too where something fails on it. */
async function withShot(shots, page, work) {
  try {
    await work;
  } catch (error) {
    await shots(page, 'workbench-FAILED')('here').catch(() => {});
    throw error;
  }
}

export async function run({ context, page, base, another, shots, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await byMouse(page);
  await shots(page, 'workbench')('mouse');
  const mouse = await world(page, assert);
  assert(/^[0-9a-f]{16}$/.test(mouse.digest), `no digest: ${mouse.digest}`);
  assertEqual(mouse.design.wires.length, 3, 'wires');
  assertEqual(mouse.inputs.length, 0, 'what is built before the start is the design itself');

  const touch = await another({ viewport: VIEWPORT, hasTouch: true });
  await visitedBefore(touch.context);
  await visit(touch.page, base);
  await withShot(shots, touch.page, byTouch(touch.page, touch.context));
  await shots(touch.page, 'workbench-touch')('touch');
  assertEqual(await world(touch.page, assert), mouse, 'by touch the same world as by mouse');
  assertEqual(touch.faults, [], 'faults by touch');
  await touch.context.close();

  const keys = await another({ viewport: VIEWPORT });
  await visitedBefore(keys.context);
  await visit(keys.page, base);
  await withShot(shots, keys.page, byKeyboard(keys.page, assert));
  await shots(keys.page, 'workbench-keys')('keys');
  assertEqual(await world(keys.page, assert), mouse, 'by keyboard the same world as by mouse');
  assertEqual(keys.faults, [], 'faults by keyboard');
  await keys.context.close();
}
