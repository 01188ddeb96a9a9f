// Models A and B: bare loop, kernel and product beside each other and beside simrs and SimPy, natively and in Chromium.
// The native program and the browser take turns, five rounds each, so that both see the same machine.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const name = 'models A and B';

const SETS = 5;
const SLICES = 6;
const ROUNDS = 5;

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The native program: a line in, a line of JSON out. */
export function native(ctx, program, args = []) {
  const path = join(process.env.CARGO_TARGET_DIR || join(ctx.root, 'target'), 'release', program);
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended at: ${line}`);
    return JSON.parse(value);
  };
  return { ask, close: () => child.stdin.end() };
}

/** The page with the same code. */
export async function page(ctx, part) {
  const browser = await ctx.browser();
  const server = await ctx.serve(join(ctx.out, part));
  const tab = await (await browser.newContext()).newPage();
  tab.on('pageerror', (error) => console.error(`  ${error.message}`));
  await tab.goto(server.url);
  await tab.waitForFunction(() => globalThis.bench !== undefined);
  return { tab, close: async () => (await browser.close(), server.close()) };
}

/** Where SimPy is, if the set-up put it there. */
function simpy(ctx) {
  const python = process.env.BENCH_PYTHON;
  if (!python || !existsSync(python)) throw new Error('SimPy is missing: run scripts/setup.sh bench');
  return ['--simpy', python, join(ctx.root, 'benches', 'peers', 'simpy_models.py')];
}

/** Medians of each set, by side, variant and what is counted. */
async function sets(ctx, model, ask, tab) {
  const all = [];
  await tab.evaluate((model) => (globalThis.models = new globalThis.bench.Models(model)), model);
  for (let set = 0; set < SETS; set += 1) {
    const lists = {};
    const take = (side, found) => {
      for (const [variant, { events, arrivals }] of Object.entries(found)) {
        const key = `${side}/${variant}`;
        lists[key] ??= { events: [], arrivals: [] };
        lists[key].events.push(...events);
        lists[key].arrivals.push(...arrivals);
      }
    };
    for (let slice = 0; slice < SLICES; slice += 1) {
      take('native', await ask(`${model} ${ROUNDS}`));
      take('web', JSON.parse(await tab.evaluate((rounds) => globalThis.models.rounds(rounds), ROUNDS)));
    }
    const medians = Object.entries(lists).map(([key, { events, arrivals }]) =>
      [key, { events: median(events), arrivals: median(arrivals) }]);
    all.push(Object.fromEntries(medians));
  }
  return all;
}

/** The figures of a model, from the medians of its sets. */
function figures(model, all, simrs) {
  const up = model.toUpperCase();
  const ratio = (of, to, what) => median(all.map((set) => set[of][what] / set[to][what]));
  const seen = (of, what) => median(all.map((set) => set[of][what]));
  const told = (id, text, value, unit) => ({ id, what: text, value, unit, aim: null, better: 'higher' });
  const aim = (id, text, value, least, note) => ({
    id: `${model}-${id}`, what: `${up}: ${text}`, value, unit: 'x', aim: least, better: 'higher', note,
  });
  const found = [];
  for (const [side, where] of [['native', 'natively'], ['web', 'in Chromium']]) {
    const bare = `${side}/bare`;
    found.push(
      told(`${model}-bare-${side}`, `${up}: bare heap loop, ${where}`, seen(bare, 'arrivals'), 'arrivals/s'),
      told(`${model}-product-${side}`, `${up}: product, ${where}`, seen(`${side}/product`, 'arrivals'), 'arrivals/s'),
      aim(`kernel-${side}`, `kernel / bare loop, ${where}`, ratio(`${side}/kernel`, bare, 'arrivals'), 0.6),
      // an event of B as a design carries many records: no aim there
      aim(`product-${side}`, `product / bare loop per event, ${where}`, ratio(`${side}/product`, bare, 'events'),
        model === 'a' ? 0.3 : null, side === 'native' ? simrs.built : undefined),
    );
  }
  found.push(
    aim('kernel-web', 'kernel, Chromium / native', ratio('web/kernel', 'native/kernel', 'arrivals'), 0.75),
    aim('product-web', 'product, Chromium / native', ratio('web/product', 'native/product', 'arrivals'), 0.75),
  );
  if (model === 'a') {
    found.push(aim('simrs', 'product in Chromium / simrs 0.2 natively',
      ratio('web/product', 'native/simrs', 'arrivals'), 1));
  } else {
    found.push(aim('simpy', 'product natively / SimPy 4.1', ratio('native/product', 'native/simpy', 'arrivals'), 20));
  }
  return found;
}

const BUILT = {
  a: { built: 'A as a design: tills that let one in at a time (Poisson, 900/s, tick 1 ms), a waiting room with one ' +
    'server (exponential, 1 ms). Facts, metrics and percentiles are on.' },
  b: { built: 'B as a design, the nearest that the nodes give: tills (Poisson, one client, tick 20 ms) that send again ' +
    'after 100 ms, a stream of one shard (its bucket holds a second, 1,000, not 50: fewer are refused), a mapping of at ' +
    'most 100, and a function of 20 ms + 0.5 ms a record. One event carries about 20 records, which makes it quicker.' },
};

export async function run(ctx) {
  const { ask, close } = native(ctx, 'bench-models', simpy(ctx));
  const { tab, close: shut } = await page(ctx, 'models');
  try {
    const found = [];
    for (const model of ['a', 'b']) {
      ctx.say(`model ${model.toUpperCase()}: ${SETS} x ${SLICES * ROUNDS} rounds of each`);
      found.push(...figures(model, await sets(ctx, model, ask, tab), BUILT[model]));
    }
    return found;
  } finally {
    close();
    await shut();
  }
}
