// Scale, in the real page in Chromium: ten thousand shards at eight million records a second, and the memory of a day
// at ten thousand records a second that are all kept.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { speed, visitedBefore } from '../tests/e2e/steer.mjs';

export const name = 'scale';

/** Wall time for which the large design is watched [s]. */
const WATCHED_S = 15;
/** Longest wait for the end of the day [s]. */
const DAY_MAX_S = 900;
const DAY_S = 86_400;

const node = (id, service, settings) => ({ id, service, settings });
const wire = (id, kind, from, to) => ({ id, kind, from, to });

function file(nodes, wires) {
  const places = Object.fromEntries(nodes.map(({ id }, ix) => [id, [20 + 220 * ix, 120]]));
  const design = { rules: '2026-11', seed: 7, start_us: 1_732_874_400_000_000, nodes, wires, layout: { places } };
  return { format: 1, design };
}

/** 10,000 shards, 8 million records a second with keys on 65,536 evenly spaced slots, one application that reads. */
const tenThousand = async (ctx) => JSON.parse(
  await readFile(join(ctx.root, 'benches/models/src/designs/ten-thousand.json'), 'utf8'));

/** 10,000 records a second, kept for a day, read and counted. */
const dayLong = () => file([
  node('tills', 'tills', { rate: '10000', clients: '20', key: '{store}/till-{nn}' }),
  node('stream', 'kinesis', { shards: '20', retention: '24h' }),
  node('app', 'consumer', { interval: '1s', limit: '10000' }),
  node('report', 'sink', {}),
], [wire('w1', 'put', 'tills', 'stream'), wire('w2', 'poll', 'stream', 'app'), wire('w3', 'deliver', 'app', 'report')]);

/** Opens a file in the page, as a person does. */
export async function open(ctx, browser, url, design, label) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await visitedBefore(context);
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.waitForFunction(() => globalThis.wasmBindings !== undefined, null, { timeout: 20_000 });
  await tab.getByRole('button', { name: 'Files and reset', exact: true }).click();
  const buffer = Buffer.from(JSON.stringify(design));
  await tab.locator('input[type=file]').setInputFiles({ name: label, mimeType: 'application/json', buffer });
  await tab.getByText(`${label} is open.`).waitFor({ timeout: 60_000 });
  return { context, tab };
}

/** Seconds on the clock of the model. */
const onClock = async (tab) => {
  const [hours, minutes, seconds] = (await tab.locator('.clock .time').textContent()).split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
};

/** Plays; a second press would pause, so it looks first. */
export async function play(tab) {
  const button = tab.getByRole('button', { name: 'Play', exact: true });
  if (await button.count()) await button.first().click();
}

/** Looks at frames for a while: model seconds gone, and the time between frames. Runs in the page. */
function watch(ms) {
  const clock = () => {
    const [hours, minutes, seconds] = document.querySelector('.clock .time').textContent.split(':').map(Number);
    return hours * 3600 + minutes * 60 + seconds;
  };
  return new Promise((done) => {
    const gaps = [];
    const begun = performance.now();
    const from = clock();
    let last = begun;
    const tick = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (now - begun < ms) requestAnimationFrame(tick);
      else done({ gaps, model: clock() - from, wall: (now - begun) / 1e3 });
    };
    requestAnimationFrame(tick);
  });
}

export async function large(ctx, browser, url) {
  const { context, tab } = await open(ctx, browser, url, await tenThousand(ctx), 'ten-thousand.json');
  await speed(tab, '2x');
  await play(tab);
  await tab.waitForTimeout(3_000);
  const { gaps, model, wall } = await tab.evaluate(watch, WATCHED_S * 1e3);
  await context.close();
  const sorted = gaps.sort((a, b) => a - b);
  const make = (id, what, value, unit, aim, better, note) => ({ id, what, value, unit, aim, better, note });
  return [
    make('speed', 'ten-thousand: speed that is reached', model / wall, 'x real', 1, 'higher',
      '10,000 shards, 8 million records a second on 65,536 slots, tick 100 ms, one application that reads.'),
    make('frames', 'ten-thousand: time between frames, 95 %', sorted[Math.floor(sorted.length * 0.95)], 'ms', 20, 'lower'),
  ];
}

/** What the page takes of memory: that of wasm, and the heap of JavaScript [MB]. */
async function memory(context, tab) {
  const cdp = await context.newCDPSession(tab);
  await cdp.send('HeapProfiler.collectGarbage');
  const { result } = await cdp.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' });
  const { objects } = await cdp.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
  const sum = await cdp.send('Runtime.callFunctionOn', {
    objectId: objects.objectId, returnByValue: true,
    functionDeclaration: 'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }',
  });
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return { wasm: sum.result.value / 2 ** 20, heap: usedSize / 2 ** 20 };
}

async function day(ctx, browser, url) {
  const { context, tab } = await open(ctx, browser, url, dayLong(), 'day.json');
  await speed(tab, '100,000x');
  await play(tab);
  const begun = Date.now();
  let [gone, last] = [0, await onClock(tab)];
  while (gone < DAY_S) {
    await tab.waitForTimeout(250);
    const now = await onClock(tab);
    gone += (now - last + DAY_S) % DAY_S;
    last = now;
    if (Date.now() - begun > DAY_MAX_S * 1e3) throw new Error(`after ${DAY_MAX_S} s only ${gone} s of the day are played`);
  }
  const took = (Date.now() - begun) / 1e3;
  const { wasm, heap } = await memory(context, tab);
  await context.close();
  return [{
    id: 'day', what: 'memory of a day at 10,000 records/s, all kept: wasm and JavaScript', value: wasm + heap, unit: 'MB',
    aim: 256, better: 'lower',
    note: `${Math.round(wasm)} MB of wasm, ${Math.round(heap)} MB of JavaScript; the day was played in ${Math.round(took)} s.`,
  }];
}

export async function run(ctx) {
  const browser = await ctx.browser();
  const server = await ctx.serve(join(ctx.root, 'dist'));
  try {
    ctx.say('ten thousand shards');
    const found = await large(ctx, browser, server.url);
    ctx.say('a day');
    return [...found, ...await day(ctx, browser, server.url)];
  } finally {
    await browser.close();
    server.close();
  }
}
