// A design of 500 nodes: it opens, moves and zooms evenly, by pointer and wheel.
import { visitedBefore } from './steer.mjs';

export const name = '500 nodes: long frames while the stage moves and zooms';
export const limit = 180;

/** Aim: so many of the frames may take longer than LONG_MS. */
const LONG = 0.05;
const LONG_MS = 50;
const NODES = 500;

/** A hundred rows of tills, stream, function, table and bucket, in columns. */
export function design() {
  const nodes = [];
  const wires = [];
  const places = {};
  for (let row = 0; row < NODES / 5; row += 1) {
    const id = (part) => `${part}-${row}`;
    const [band, line] = [Math.floor(row / 20), row % 20];
    const at = (part, column) => { places[id(part)] = [band * 1500 + column, line * 280]; };
    for (const [part, service, x] of [['tills', 'tills', 0], ['stream', 'kinesis', 220], ['function', 'lambda', 560],
      ['table', 'dynamodb', 800], ['files', 's3', 1080]]) {
      nodes.push({ id: id(part), service });
      at(part, x);
    }
    const join = (kind, from, to) => wires.push({ id: `${from}-${to}-${row}`, kind, from: id(from), to: id(to) });
    join('put', 'tills', 'stream');
    join('mapping', 'stream', 'function');
    join('write', 'function', 'table');
    join('put', 'function', 'files');
  }
  return { format: 1, design: { rules: '2026-11', seed: 7, start_us: 1_732_874_400_000_000, nodes, wires, layout: { places } } };
}

/** Times of animation frames from now until `stop` is called. Runs inside the page. */
function watch() {
  const late = [];
  let last = 0;
  let goes = true;
  const tick = (at) => {
    if (last > 0) late.push(at - last);
    last = at;
    if (goes) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  globalThis.__stop = () => { goes = false; return late; };
}

export async function run({ context, page, base, visit, shot, assert }) {
  await visitedBefore(context);
  await visit(page, base);
  const model = await page.evaluate(() => document.querySelector('#scenario-button').dataset.scenario);
  assert(model, 'a scenario plays');
  // the format and the rules are those that the page itself writes
  await page.getByRole('button', { name: 'Files and reset' }).click();
  const [saved] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save this run as a file' }).click()]);
  const own = JSON.parse(await (await import('node:fs/promises')).readFile(await saved.path(), 'utf8'));
  const file = design();
  file.format = own.format;
  file.design.rules = own.design.rules;
  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.locator('input[type=file]').setInputFiles(
    { name: 'many.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) });
  await page.locator('#node-table-99').waitFor({ state: 'attached', timeout: 30_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.keyboard.press('f');
  const stage = await page.locator('#stage').boundingBox();
  const middle = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
  await shot('opened');
  const paused = await moveAndZoom(page, stage, middle);
  await shot('near');
  const long = share(paused);
  console.log(`    paused: ${tell(paused)}; aim: at most ${LONG * 100} %`);
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  console.log(`    playing: ${tell(await moveAndZoom(page, stage, middle))}`);
  assert(paused.length > 30, `only ${paused.length} frames`);
  assert(long <= LONG, `${(long * 100).toFixed(1)} % of the frames are long`);
}

const share = (late) => late.filter((time) => time > LONG_MS).length / late.length;

function tell(late) {
  const sorted = [...late].sort((a, b) => a - b);
  return `${late.length} frames, ${(share(late) * 100).toFixed(2)} % longer than ${LONG_MS} ms, median `
    + `${sorted[Math.floor(late.length / 2)].toFixed(1)} ms, 95 of a hundred ${sorted[Math.floor(late.length * 0.95)].toFixed(1)} ms`;
}

/** Frames while the stage is dragged, and while the wheel zooms out and in; what lies between is not counted. */
async function moveAndZoom(page, stage, middle) {
  const seen = [];
  const during = async (work) => {
    await page.evaluate(watch);
    await work();
    seen.push(...await page.evaluate(() => globalThis.__stop()));
  };
  await page.mouse.move(stage.x + 6, stage.y + stage.height - 60);
  await page.mouse.down();
  await during(async () => {
    for (let step = 0; step < 90; step += 1) {
      await page.mouse.move(stage.x + 6 + 3 * step, stage.y + stage.height - 60 - 2 * step);
    }
  });
  await page.mouse.up();
  await page.mouse.move(middle.x, middle.y);
  await during(async () => {
    for (let step = 0; step < 50; step += 1) await page.mouse.wheel(0, 60);
  });
  await during(async () => {
    for (let step = 0; step < 80; step += 1) await page.mouse.wheel(0, -60);
  });
  return seen;
}
