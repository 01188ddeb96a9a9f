// Time travel: copies of the world, its digest, and how soon the exact world follows a seek; natively and in Chromium.
import { median, native, page } from './models.mjs';

export const name = 'time travel';

const SETS = 5;
const ROUNDS = 30;
const SEEKS = 20;

const percentile = (list, share) => [...list].sort((a, b) => a - b)[Math.ceil(list.length * share) - 1];

/** The figures of one side. */
async function figures(where, copies, seeks) {
  const sets = [];
  for (let set = 0; set < SETS; set += 1) {
    const found = await copies(ROUNDS);
    sets.push(Object.fromEntries(Object.entries(found).map(([key, list]) => [key, median(list)])));
  }
  const ratio = (of, to) => median(sets.map((set) => set[of] / set[to]));
  const { newest, bookmarks, anywhere } = await seeks(SEEKS);
  const id = where.includes('Chromium') ? 'web' : 'native';
  const make = (key, what, value, unit, aim) => ({
    id: `${key}-${id}`, what: `${what}, ${where}`, value, unit, aim, better: 'lower',
  });
  return [
    make('snapshot', 'snapshot that can be restored / flat copy of as many bytes', ratio('snapshot', 'flat'), 'x', 3),
    make('kept', 'a kept snapshot', median(sets.map((set) => set.kept)), 'us', 150),
    make('digest', 'digest of a world / four lanes over as many bytes', ratio('digest', 'four'), 'x', 1.3),
    make('seek-newest', 'seek in the newest 10 minutes, 95 %', percentile(newest, 0.95), 'ms', 50),
    make('seek-bookmark', 'seek to a bookmark, 95 %', percentile(bookmarks, 0.95), 'ms', 50),
    make('seek-anywhere', 'seek elsewhere in an hour, 95 %', percentile(anywhere, 0.95), 'ms', 250),
  ];
}

export async function run(ctx) {
  const program = native(ctx, 'bench-models');
  const { tab, close } = await page(ctx, 'models');
  const call = (what, times) =>
    tab.evaluate(([what, times]) => JSON.parse(globalThis.bench[what](times)), [what, times]);
  try {
    ctx.say('in Chromium');
    const web = await figures('in Chromium', (n) => call('copies', n), (n) => call('seeks', n));
    ctx.say('natively');
    const here = await figures('natively', (n) => program.ask(`copies ${n}`), (n) => program.ask(`seeks ${n}`));
    const told = here.map((figure) => ({ ...figure, aim: null }));
    return [...web, ...told];
  } finally {
    program.close();
    await close();
  }
}
