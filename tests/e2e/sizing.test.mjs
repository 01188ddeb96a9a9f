// How many shards the load of a trace needs: worked out beside the run, by keyboard, to the figures of `millrace size trace`.
import { visitedBefore } from './steer.mjs';

export const name = 'sizing: the shards that a trace needs, worked out beside the run, and set';
export const limit = 240;

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await page.locator('#scenario-button').click();
  await page.locator('#scenario-trace').click();
  await page.waitForFunction(() => document.querySelector('#scenario-button').dataset.scenario === 'trace');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: /^stream/ }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Live' }).click();
  const inspector = page.locator('.inspector');
  const ask = inspector.getByRole('button', { name: 'Work it out' });
  assert((await inspector.innerText()).includes('Replays 14 d of this load'), 'it says what it will do');
  await ask.focus();
  await page.keyboard.press('Enter');
  const progress = inspector.locator('progress');
  await progress.waitFor();
  await page.waitForFunction(() => Number(document.querySelector('.inspector progress')?.value) >= 1, null, { timeout: 60_000 });
  await shot('at-work');
  const set = inspector.getByRole('button', { name: 'Set shards to 8' });
  await set.waitFor({ timeout: 180_000 });
  const value = async (label) => inspector.locator('.rows div').filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}`) }) }).locator('dd').innerText();
  const told = {};
  for (const label of ['smallest that is enough', 'with 25 % headroom', 'what binds', 'by the average alone', 'mean load', 'fullest second']) {
    told[label] = await value(label);
  }
  // the figures that `millrace size trace` prints
  assertEqual(told, {
    'smallest that is enough': '8 shards',
    'with 25 % headroom': '10 shards',
    'what binds': 'records a second',
    'by the average alone': '1 shard',
    'mean load': '807 records/s, 244.11 KiB/s',
    'fullest second': '7,000 records/s, 2.07 MiB/s',
  }, 'the answer');
  await shot('known');
  await set.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Configure' }).click();
  await page.waitForFunction(() => [...document.querySelectorAll('.inspector input')].some((input) => input.value === '8'));
}
