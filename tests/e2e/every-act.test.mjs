// Every act of every scenario opens from the menu and plays to its end at the highest speed without a fault, and its
// figures come out as they must.
import { openAct, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'every act plays to its end, and its figures come out';
export const limit = 240;

/** Pages that play at once: a page steps in a part of each frame only. */
const PAGES = 3;
/** Low: drawing takes most of the time of a page that hurries. */
const viewport = { width: 1280, height: 400 };
/** Acts without figures: the specification gives no single number for them. */
const WITHOUT_FIGURES = ['black-friday:ten-keys-in-all', 'trace:fortnight'];
/** The fortnight is played for a part of it: the whole takes minutes, and `scripts/test.sh fortnight` holds it. */
const PART_OF = { 'trace:fortnight': (0 - 10) * 3600 + 14 * 60 }; // it begins at 00:04, ten minutes before

/** Scenarios and acts, as the menu offers them. */
async function offered(page) {
  const acts = [];
  await page.locator('#scenario-button').click();
  const scenarios = await page.locator('.worlds .entry:not(.start)').evaluateAll((all) => all.map((one) => one.id.replace('scenario-', '')));
  for (const scenario of scenarios) {
    await page.locator(`#scenario-${scenario}`).click();
    await page.waitForFunction((id) => document.querySelector('#scenario-button').dataset.scenario === id, scenario);
    const entries = page.locator('.acts .entry');
    for (const entry of await entries.all()) {
      const words = await entry.innerText();
      acts.push({ scenario, act: (await entry.getAttribute('id')).replace('act-', ''), words });
    }
  }
  await page.keyboard.press('Escape');
  return acts;
}

/** Plays an act to its end and returns what came out: rows of name, must be, came out, right or not. */
async function play(page, { scenario, act }) {
  await openAct(page, scenario, act);
  await speed(page, '100,000x');
  const part = PART_OF[`${scenario}:${act}`];
  if (part) {
    await untilModel(page, part);
    return [];
  }
  await page.locator('.notice').filter({ hasText: 'The act is over' }).waitFor({ timeout: 100_000 });
  if (WITHOUT_FIGURES.includes(`${scenario}:${act}`)) return [];
  await page.locator('.came tbody tr.right, .came tbody tr.wrong').first().waitFor();
  const rows = await page.locator('.came tbody tr').all();
  return Promise.all(rows.map(async (row) => (await row.locator('th, td').allTextContents()).map((cell) => cell.trim())));
}

export async function run({ another, context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const acts = await offered(page);
  assert(acts.length >= 21, `only ${acts.map((one) => one.act)} are offered`);
  for (const { scenario, act, words } of acts) {
    const [called, ...sentence] = words.split('\n');
    assert(called.length > 0 && /\w.*[.?]$/.test(sentence.join(' ')), `${scenario}:${act} is told as "${words}"`);
  }

  const todo = [...acts].reverse();
  const wrong = [];
  let figures = 0;
  const worker = async () => {
    const opened = await another({ viewport });
    await visitedBefore(opened.context);
    await visit(opened.page, base);
    for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
      const label = `${one.scenario}:${one.act}`;
      const began = Date.now();
      const rows = await play(opened.page, one);
      if (process.env.TELL) console.log(`    ${label} ${Date.now() - began} ms`);
      if (rows.length === 0 && !WITHOUT_FIGURES.includes(label)) wrong.push(`${label} tells no figures`);
      wrong.push(...rows.filter((row) => !row.at(-1).includes('as it must') || row.at(-1).includes('not as'))
        .map((row) => `${label}: ${row.join(' | ')}`));
      figures += rows.length;
      const bad = await opened.page.locator('.notice.bad').allTextContents();
      wrong.push(...bad.map((text) => `${label}: ${text}`));
    }
    wrong.push(...opened.faults);
    await opened.context.close();
  };
  await Promise.all(Array.from({ length: PAGES }, worker));
  assertEqual(wrong, [], 'what did not come out');
  assert(figures >= 40, `only ${figures} figures were compared`);
  await shot('menu');
}
