// A hidden tab pauses and says so; shown again, it stands until it is asked to play on.
import { modelSeconds, untilModel, visitedBefore } from './steer.mjs';

export const name = 'hidden tab: pauses, says so, plays on';

/** Tells the page that its tab was hidden or shown. Runs inside the page. */
function turn(state) {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await untilModel(page, 1);
  await page.evaluate(turn, 'hidden');
  await page.getByText('Paused while the tab was hidden.').waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const at = await modelSeconds(page);
  await page.waitForTimeout(600);
  assertEqual(await modelSeconds(page), at, 'the model stands while the tab is hidden');
  await page.evaluate(turn, 'visible');
  await page.waitForTimeout(600);
  assertEqual(await modelSeconds(page), at, 'shown again it still stands, so that nothing is missed');
  await shot('shown-again');
  await page.getByRole('button', { name: 'Play on' }).click();
  await untilModel(page, at + 0.5);
  assertEqual(await page.getByText('Paused while the tab was hidden.').count(), 0, 'the message has gone');

  // A tab that was paused by hand is not told of.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.evaluate(turn, 'hidden');
  await page.evaluate(turn, 'visible');
  await page.waitForTimeout(300);
  assertEqual(await page.getByText('Paused while the tab was hidden.').count(), 0, 'nothing to say');
  assert(await page.getByRole('button', { name: 'Play', exact: true }).isVisible(), 'it stands as it stood');
}
