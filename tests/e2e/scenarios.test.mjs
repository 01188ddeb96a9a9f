// Each scenario and each act loads by one click, plays, and has nothing wrong with it; an act that has come to its end
// says what came out.
import { settle } from './lib.mjs';
import { speed, visitedBefore } from './steer.mjs';

export const name = 'scenarios: each act loads by one click; what came out is told at its end';
export const limit = 240;

const ends = { 'live-inventory': 'partial-response' };

/** Opens the menu, if it is not open yet. */
async function menu(page) {
  const button = page.locator('#scenario-button');
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  await page.locator('.scene-menu').waitFor();
}

/** Waits until the button says that this act runs, and its model has begun to move. */
async function runs(page, scenario, act) {
  await page.waitForFunction(([wanted, of]) => {
    const { dataset } = document.querySelector('#scenario-button');
    return dataset.scenario === wanted && (of === null || dataset.act === of);
  }, [scenario, act]);
  await page.waitForFunction(() => Number(document.querySelector('.timeline input').value) > 0, null, { timeout: 20_000 });
}

async function wellSet(page, assert, label) {
  assert((await page.locator('.notice.bad').count()) === 0, `${label}: ${await page.locator('.notice').allTextContents()}`);
  // raw keys show themselves in brackets
  const text = await page.locator('body').innerText();
  const raw = /\[[a-z]+(\.[\w?-]+)+\]/.exec(text);
  assert(raw === null, `${label}: a key without words is on screen: ${raw}`);
  // advice on a design that works is no problem: five readers of one shard are advised to use fan-out
  const problems = await page.locator('.inspector .box.problem:not(.advice)').allTextContents();
  assert(problems.length === 0, `${label}: ${problems}`);
}

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);

  // By keyboard: the menu opens, the arrows walk it, Escape closes it and gives the focus back.
  await page.locator('#scenario-button').focus();
  await page.keyboard.press('Enter');
  await page.locator('.scene-menu').waitFor();
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press('ArrowDown');
  const second = await page.evaluate(() => document.activeElement.id);
  assert(first.startsWith('scenario-') && second.startsWith('scenario-') && first !== second, `${first}, ${second}`);
  await page.keyboard.press('Escape');
  await page.locator('.scene-menu').waitFor({ state: 'detached' });
  assertEqual(await page.evaluate(() => document.activeElement.id), 'scenario-button', 'the focus is back');

  await menu(page);
  const scenarios = await page.locator('.worlds .entry:not(.start)').evaluateAll((all) => all.map((one) => one.id.replace('scenario-', '')));
  assert(scenarios.length >= 7, `only ${scenarios} are offered`);
  let acts = 0;
  for (const scenario of scenarios) {
    await menu(page);
    await page.locator(`#scenario-${scenario}`).click();
    await runs(page, scenario, null);
    const ids = await page.locator('.acts .entry').evaluateAll((all) => all.map((one) => one.id.replace('act-', '')));
    for (const act of ids) {
      await menu(page);
      await page.locator(`#act-${act}`).click();
      await page.locator('.scene-menu').waitFor({ state: 'detached' });
      await runs(page, scenario, act);
      await wellSet(page, assert, `${scenario}:${act}`);
      acts += 1;
    }
  }
  assert(acts >= 21, `only ${acts} acts were offered`);

  // To the end of an act: the run stands, the figures are told, and so is the sentence.
  await menu(page);
  await page.locator('#scenario-live-inventory').click();
  await page.locator(`#act-${ends['live-inventory']}`).click();
  await speed(page, '60x');
  await page.getByText('The act is over: every figure came out as it must.').waitFor({ timeout: 60_000 });
  await settle(page);
  await shot('came-out');
  const sentences = await page.locator('.sentences').innerText();
  assert(sentences.includes('stock is right on all 20 stocks'), `the ledger says: ${sentences}`);
  const rows = await page.locator('.came tbody tr').allTextContents();
  assert(rows.length === 2 && rows.every((row) => row.includes('as it must')), `what came out: ${rows}`);

  // The swallowed error: keys that differ are listed, the reason is named.
  await menu(page);
  await page.locator('#act-swallowed').click();
  await speed(page, '60x');
  await page.getByText('The act is over: every figure came out as it must.').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Differences' }).click();
  await shot('differences');
  const keys = await page.locator('.ledger .keys tbody tr').count();
  assert(keys > 0 && keys <= 20, `${keys} keys are listed`);
  await page.locator('.ledger .parts').getByRole('button', { name: 'Ledger', exact: true }).click();
  assert((await page.locator('.ledger .sums').innerText()).includes('the code swallowed its error'), 'the reason is named');

  // A run that the reader has changed is held to nothing.
  await menu(page);
  await page.locator('#act-whole-batch').click();
  await page.locator('#node-stream').focus();
  await page.keyboard.press('Enter');
  const retention = page.getByLabel('Retention', { exact: true });
  await retention.fill('48h');
  await retention.press('Enter');
  await page.getByRole('button', { name: 'What came out' }).click();
  await page.getByText('You have changed the run').waitFor();
}
