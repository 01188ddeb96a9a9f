// What people do while they build: between two parts, undo and redo, several at once, clips, names, refusals, menus.
import { readFileSync } from 'node:fs';
import { visitedBefore } from './steer.mjs';

export const name = 'building: into a wire, undo, clips, frames, refusals with a way out, menus, long press, pinch';
export const limit = 180;

const nodes = (page) => page.locator('.mirror button').evaluateAll((all) => all.map((one) => one.id.slice(5)));
const middle = async (page, id) => {
  const { x, y, width, height } = await page.locator(`#node-${id}`).boundingBox();
  return { x: x + width / 2, y: y + height / 2, width, height };
};

/** Runs a command by its name. */
async function command(page, text) {
  await page.keyboard.press('Control+k');
  await page.locator('#command-field').fill(text);
  await page.getByRole('option', { name: text }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.commands').waitFor({ state: 'detached' });
}

/** Drags a service of the list to a point. */
async function place(page, service, at) {
  const entry = page.locator(`.palette [data-service="${service}"]`);
  await entry.scrollIntoViewIfNeeded();
  const from = await entry.boundingBox();
  await page.mouse.move(from.x + 30, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(at.x - 30, at.y, { steps: 4 });
  await page.mouse.move(at.x, at.y, { steps: 2 });
  await page.mouse.up();
}

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/** Draws a wire from the right of a card onto another. */
async function wire(page, from, to) {
  const [a, b] = [await middle(page, from), await middle(page, to)];
  await drag(page, { x: a.x + a.width / 2, y: a.y }, { x: b.x, y: b.y + 4 });
}

export async function run({ context, page, base, another, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const has = (id) => page.locator(`#node-${id}`).waitFor({ state: 'attached' });
  const gone = (id) => page.locator(`#node-${id}`).waitFor({ state: 'detached' });
  await command(page, 'Open an empty shop');
  await page.getByRole('button', { name: 'Close the list of things to do' }).click();
  const stage = await page.locator('#stage').boundingBox();
  const at = (share, down = 0.4) => ({ x: stage.x + stage.width * share, y: stage.y + stage.height * down });
  await place(page, 'tills', at(0.12));
  await has('tills');
  await place(page, 'dynamodb', at(0.85));
  await has('table');
  await wire(page, 'tills', 'table');
  await has('tills-to-table');

  // Into a wire: one goes, two come. Undo takes all of it back as one step, redo makes it again.
  await place(page, 'lambda', at(0.48));
  await has('function');
  await gone('tills-to-table');
  await has('tills-to-function');
  await has('function-to-table');
  await shot('into-a-wire');
  await page.keyboard.press('Control+z');
  await gone('function');
  await has('tills-to-table');
  await page.keyboard.press('Control+Shift+z');
  await has('function-to-table');
  await gone('tills-to-table');

  // A wire that cannot be is refused with the reason, and with what would make it possible.
  await place(page, 'consumer', at(0.48, 0.8));
  await has('consumer');
  await wire(page, 'tills', 'consumer');
  const notice = page.locator('.notice.bad');
  await notice.waitFor();
  const said = await notice.innerText();
  assert(/From Store tills records go .* Kinesis Data Streams between the two makes it possible/s.test(said), said);
  await shot('refused');
  await notice.getByRole('button', { name: 'Build that' }).click();
  await has('stream');
  await has('tills-to-stream');
  await has('stream-to-consumer');

  // A drag of a node is one step; it snaps to its neighbours and stays where it was put.
  await page.waitForTimeout(500); // the message has gone, and the stage has its room
  const before = await middle(page, 'table');
  await drag(page, before, { x: before.x + 3, y: before.y + 90 });
  await page.waitForFunction((y) => document.querySelector('#node-table').getBoundingClientRect().y > y + 30,
    before.y - before.height / 2);
  await page.keyboard.press('Control+z');
  await page.waitForFunction((y) => Math.abs(document.querySelector('#node-table').getBoundingClientRect().y - y) < 2,
    before.y - before.height / 2);

  // Several at once: a frame with Shift, copy, paste, remove.
  const count = (await nodes(page)).length;
  await page.keyboard.press('f');
  await page.waitForTimeout(200);
  const now = await page.locator('#stage').boundingBox(); // the ledger has sentences by now, and takes room for them
  await page.keyboard.down('Shift');
  await drag(page, { x: now.x + 4, y: now.y + now.height - 4 }, { x: now.x + now.width - 4, y: now.y + 4 });
  await page.keyboard.up('Shift');
  await page.locator('.stage [role=status]').filter({ hasText: 'Chosen: 5.' }).waitFor({ state: 'attached' });
  await shot('several');
  await page.keyboard.press('Control+d');
  await has('stream-2');
  assertEqual((await nodes(page)).length, 2 * count, 'each part and each wire among them once more');
  await page.keyboard.press('Delete');
  await gone('stream-2');
  assertEqual((await nodes(page)).length, count, 'the copies go together');

  // Set out tidily: no card lies over another.
  await page.keyboard.press('t');
  await page.waitForTimeout(300);
  const boxes = [];
  for (const id of ['tills', 'stream', 'function', 'consumer', 'table']) boxes.push(await middle(page, id));
  for (const [ix, a] of boxes.entries()) {
    for (const b of boxes.slice(ix + 1)) {
      const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
      assert(apart, `cards overlap: ${JSON.stringify([a, b])}`);
    }
  }
  await shot('tidy');

  // A name is what people see; the id stays.
  const names = async () => (await page.locator('#node-stream').getAttribute('aria-label')).split(',')[0];
  await page.locator('#node-stream').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('orders');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#node-stream').ariaLabel.startsWith('orders'));
  assertEqual(await names(), 'orders', 'the name is said');

  // The menu of a part, by the other button and by Shift+F10.
  const table = await middle(page, 'table');
  await page.mouse.click(table.x, table.y, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Remove' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.part-menu').waitFor({ state: 'detached' });
  await page.locator('#node-consumer').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Remove' }).focus();
  await page.keyboard.press('Enter');
  await gone('consumer');
  await page.keyboard.press('Control+z');
  await has('consumer');

  // A card let go over the charts asks which of its metrics shall be drawn.
  await page.locator('.foot .line').getByRole('button', { name: 'Charts', exact: true }).click();
  await page.locator('.charts').waitFor();
  await page.waitForTimeout(300);
  const charts = await page.locator('.charts').boundingBox();
  await drag(page, await middle(page, 'function'), { x: charts.x + 200, y: charts.y + charts.height / 2 });
  await page.getByRole('dialog').waitFor();
  const asked = await page.getByRole('dialog').locator('select').first().evaluate((list) => list.selectedOptions[0].text);
  assert(asked.startsWith('function'), `the charts ask about ${asked}`);
  await shot('a-chart-of');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.foot .line').getByRole('button', { name: 'Charts', exact: true }).click();

  // All of it is in the file, and what was done lately can be opened again.
  const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+s')]);
  const file = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  assertEqual(file.design.layout.names.stream, 'orders', 'the name in the file');
  await page.reload();
  await page.locator('.mirror button').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.getByRole('button', { name: 'Where you left off' }).click();
  await has('consumer');
  assertEqual(await names(), 'orders', 'it comes back with its name');
  await fingers({ another, base, visit, assert });
}

/** Two fingers zoom, one that rests asks for the menu. */
async function fingers({ another, base, visit, assert }) {
  const { context, page, faults } = await another({ hasTouch: true });
  await visitedBefore(context);
  await visit(page, base);
  await page.locator('#node-stream').waitFor({ state: 'attached' });
  const cdp = await context.newCDPSession(page);
  const send = (type, ...points) => cdp.send('Input.dispatchTouchEvent',
    { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const before = await middle(page, 'stream');
  const stage = await page.locator('#stage').boundingBox();
  const y = stage.y + stage.height - 12;
  await send('touchStart', [stage.x + 200, y]);
  await send('touchStart', [stage.x + 200, y], [stage.x + 300, y]);
  for (let step = 1; step <= 5; step += 1) await send('touchMove', [stage.x + 200, y], [stage.x + 300 + 20 * step, y]);
  await send('touchEnd');
  await page.waitForFunction((width) => document.querySelector('#node-stream').getBoundingClientRect().width > width * 1.8,
    before.width);
  await send('touchStart', [stage.x + 40, stage.y + 40]);
  await page.waitForTimeout(900);
  await send('touchEnd');
  await page.locator('.part-menu').waitFor();
  await page.getByRole('menuitem', { name: 'Show the whole design' }).waitFor();
  assert(faults.length === 0, faults.join('\n'));
  await context.close();
}
