// How evenly the page moves: frames while it plays, while the thumb of the timeline and the stage move, with the
// processor throttled to a quarter, and in a design of 500 nodes. `MILLRACE_PROFILE=folder` also writes CPU profiles.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { design } from '../tests/e2e/many.test.mjs';
import { speed, untilModel, visitedBefore } from '../tests/e2e/steer.mjs';

export const name = 'Frames: playing, scrubbing, zooming, with a quarter of the processor; 500 nodes';

const LONG_MS = 50;
const THROTTLE = 4;
/** Aims: so many long frames in a large design; frames a second while playing. Others are told. */
const [LONG_SHARE, FRAMES_A_SECOND] = [0.05, 60];
const PLAY_MS = 10_000;

/** Times between animation frames until `stop` is called. Runs inside the page. */
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

const nextFrame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));

/** Processor time that the page's main thread has spent [ms]. */
async function spent(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1_000;
  const layout = of('LayoutDuration') + of('RecalcStyleDuration');
  return { all: of('TaskDuration'), script: of('ScriptDuration'), layout };
}

/** Does `work` and gives the frames meanwhile; profiles it if that is wanted. */
async function during(seat, label, work) {
  const { page, cdp } = seat;
  const folder = process.env.MILLRACE_PROFILE;
  if (folder) {
    await cdp.send('Profiler.enable');
    await cdp.send('Profiler.setSamplingInterval', { interval: 500 });
    await cdp.send('Profiler.start');
  }
  const before = await spent(cdp);
  await page.evaluate(watch);
  await work();
  const late = await page.evaluate(() => globalThis.__stop());
  const after = await spent(cdp);
  // of the processor's time, whatever else the machine does
  late.busy = Object.fromEntries(Object.keys(after).map((kind) => [kind, (after[kind] - before[kind]) / late.length]));
  if (folder) {
    const { profile } = await cdp.send('Profiler.stop');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${label}.cpuprofile`), JSON.stringify(profile));
  }
  return late;
}

async function sit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await visitedBefore(context);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForSelector('#stage');
  await page.waitForTimeout(500);
  return { context, page, cdp, throttle: (rate) => cdp.send('Emulation.setCPUThrottlingRate', { rate }) };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

function figure(id, what, late, aim) {
  const { busy } = late;
  const sorted = [...late].sort((a, b) => a - b);
  const share = late.filter((time) => time > LONG_MS).length / late.length;
  const whole = (time) => `${time.toFixed(1)} ms`;
  return {
    id: `frames-${id}`, what: `frames over ${LONG_MS} ms: ${what}`, value: share * 100, unit: '%',
    aim: aim === null ? null : aim * 100, better: 'lower',
    note: `${late.length} frames, median ${whole(at(sorted, 0.5))}, 95 of a hundred within ${whole(at(sorted, 0.95))}, `
      + `longest ${whole(sorted.at(-1))}; the main thread is busy ${whole(busy.all)} a frame `
      + `(script ${whole(busy.script)}, layout ${whole(busy.layout)}).`,
  };
}

async function middleOf(page) {
  const stage = await page.locator('#stage').boundingBox();
  return { stage, x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
}

async function wheel(page, notches, by) {
  for (let step = 0; step < notches; step += 1) {
    await page.mouse.wheel(0, by);
    await nextFrame(page);
  }
}

/** The reference design. */
async function reference(browser, url, figures) {
  const seat = await sit(browser, url);
  const { context, page, throttle } = seat;
  const model = await page.evaluate(() => document.querySelector('#scenario-button').dataset);
  const free = await during(seat, 'free', () => page.waitForTimeout(PLAY_MS));
  const rate = free.length / (free.reduce((sum, time) => sum + time, 0) / 1_000);
  figures.push({
    id: 'frames-a-second', what: 'frames a second while the reference design plays', value: rate, unit: '',
    aim: FRAMES_A_SECOND * 0.99, better: 'higher',
    note: `${model.scenario}, act ${model.act}; ${free.length} frames, the main thread is busy `
      + `${free.busy.all.toFixed(1)} ms a frame.`,
  });
  await throttle(THROTTLE);
  await page.waitForTimeout(500);
  const playing = await during(seat, 'playing', () => page.waitForTimeout(PLAY_MS));
  figures.push(figure('playing', 'playing, a quarter of the processor', playing, null));
  const middle = await middleOf(page);
  await page.mouse.move(middle.x, middle.y);
  const zooming = await during(seat, 'zooming', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      await wheel(page, 40, -60);
      await wheel(page, 60, 60);
      await wheel(page, 20, -60);
    }
  });
  figures.push(figure('zooming', 'zooming while it plays, a quarter of the processor', zooming, null));
  await throttle(1);
  await page.keyboard.press('f');
  await speed(page, '10x');
  await untilModel(page, 50);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.waitForTimeout(500);
  await throttle(THROTTLE);
  const scrubbing = await scrub(seat);
  figures.push(figure('scrubbing', 'scrubbing, a quarter of the processor', scrubbing, null));
  await context.close();
}

/** The thumb goes back to the start and forth again, a step a frame. */
async function scrub(seat) {
  const { page } = seat;
  const rail = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
  const y = rail.y + rail.height / 2;
  const x = (share) => rail.x + rail.width * share;
  await page.mouse.move(x(0.8), y);
  await page.mouse.down();
  const late = await during(seat, 'scrubbing', async () => {
    for (let step = 0; step < 120; step += 1) {
      await page.mouse.move(x(0.8 * Math.abs(1 - step / 60)), y);
      await nextFrame(page);
    }
  });
  await page.mouse.up();
  return late;
}

/** A design of 500 nodes: moved and zoomed, paused and playing. */
async function many(browser, url, figures) {
  const seat = await sit(browser, url);
  const { context, page } = seat;
  await page.getByRole('button', { name: 'Files and reset' }).click();
  const [saved] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save this run as a file' }).click()]);
  const own = JSON.parse(await readFile(await saved.path(), 'utf8'));
  const file = design();
  file.format = own.format;
  file.design.rules = own.design.rules;
  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.locator('input[type=file]').setInputFiles(
    { name: 'many.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) });
  await page.locator('#node-table-99').waitFor({ state: 'attached', timeout: 30_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.keyboard.press('f');
  const paused = await moveAndZoom(seat, 'many-paused');
  figures.push(figure('many-paused', '500 nodes moved and zoomed, paused', paused, LONG_SHARE));
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const playing = await moveAndZoom(seat, 'many-playing');
  figures.push(figure('many-playing', '500 nodes moved and zoomed, playing', playing, null));
  await context.close();
}

async function moveAndZoom(seat, label) {
  const { page } = seat;
  const { stage, x, y } = await middleOf(page);
  const [left, low] = [stage.x + 6, stage.y + stage.height - 60];
  await page.mouse.move(left, low);
  await page.mouse.down();
  const moved = await during(seat, `${label}-moved`, async () => {
    for (let step = 0; step < 90; step += 1) await page.mouse.move(left + 3 * step, low - 2 * step);
  });
  await page.mouse.up();
  await page.mouse.move(x, y);
  const zoomed = await during(seat, `${label}-zoomed`, async () => {
    for (let step = 0; step < 50; step += 1) await page.mouse.wheel(0, 60);
    for (let step = 0; step < 80; step += 1) await page.mouse.wheel(0, -60);
  });
  const [a, b] = [moved.length, zoomed.length];
  const mean = (kind) => (moved.busy[kind] * a + zoomed.busy[kind] * b) / (a + b);
  const busy = Object.fromEntries(Object.keys(moved.busy).map((kind) => [kind, mean(kind)]));
  return Object.assign([...moved, ...zoomed], { busy });
}

export async function run(ctx) {
  const server = await ctx.serve(join(ctx.root, 'dist'));
  const browser = await ctx.browser();
  const figures = [];
  try {
    await reference(browser, server.url, figures);
    await many(browser, server.url, figures);
  } finally {
    await browser.close();
    server.close();
  }
  return figures;
}
