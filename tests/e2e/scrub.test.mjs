// While the thumb of the timeline moves, the picture comes from history at frame rate and the world stands; when the
// thumb rests, the exact world follows.
import { modelSeconds, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'scrub: pictures from history at frame rate, the exact world on rest';

const LONG_MS = 50;

/** Times between animation frames until `stop()`. Runs inside the page. */
function meter() {
  const times = [];
  let last = performance.now();
  let on = true;
  const tick = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    if (on) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  globalThis.__frames = () => { on = false; return times; };
}

export async function run({ context, page, base, shot, visit, settle, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await speed(page, '10x');
  await untilModel(page, 50);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(700);
  const stream = () => page.locator('#node-stream').getAttribute('aria-label');
  const counted = () => page.locator('.ledger .to').innerText();
  const chip = page.getByText('From history.');
  const at = Math.floor(await modelSeconds(page));
  const before = await counted();

  const rail = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
  const span = 60 * 2 ** Math.ceil(Math.log2(Math.max(1, at / 54)));
  const x = (second) => rail.x + (rail.width * second) / span;
  const y = rail.y + rail.height / 2;
  const seen = [];
  await page.mouse.move(x(at), y);
  await page.mouse.down();
  await page.evaluate(meter);
  // Nearly to the start, a step a frame or so.
  const way = Array.from({ length: 90 }, (_, i) => at - ((at - 3) * i) / 89);
  for (const second of way) {
    await page.mouse.move(x(second), y);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    seen.push(await page.evaluate(() => document.querySelector('.clock .time').textContent));
  }
  const times = await page.evaluate(() => globalThis.__frames());
  const distinct = new Set(seen).size;
  const long = times.filter((time) => time > LONG_MS).length / times.length;
  console.log(`    ${distinct} times were shown in 90 moves; ${(long * 100).toFixed(1)} % of ${times.length} frames over ${LONG_MS} ms`);
  assert(distinct >= 80, `only ${distinct} of 90 moves were seen`);
  assert(long <= 0.2, `${(long * 100).toFixed(1)} % of the frames are over ${LONG_MS} ms`);

  // Held over a calm second and over a refusing one: rates are those of that second, the world has not moved.
  for (const [second, words] of [[3.5, / 800 records a second let in, 0 refused/], [30.5, /4,000 records a second let in, 2,000 refused/]]) {
    await page.mouse.move(x(second) - 2, y);
    await page.mouse.move(x(second), y);
    await settle(page);
    assert(await chip.isVisible(), `at ${second} s nothing says that the picture is from history`);
    assert(words.test(await stream()), `at ${second} s the stream says: ${await stream()}`);
    assertEqual(await counted(), before, 'while the thumb moves the world, and with it the ledger, stands');
  }
  await shot('from-history');

  // Let go: the exact world of that time.
  await page.mouse.move(x(20), y);
  await page.mouse.up();
  await chip.waitFor({ state: 'detached', timeout: 20_000 });
  assert(Math.abs((await modelSeconds(page)) - 20) < 1, `the clock shows ${await modelSeconds(page)} s`);
  await page.waitForFunction((old) => document.querySelector('.ledger .to').textContent !== old, before);
  const [made, kept, onTheWay, ended] = (await page.locator('.ledger dd').allTextContents())
    .map((text) => Number(text.replaceAll(',', '')));
  assertEqual(made, kept + onTheWay + ended, 'the ledger of the exact world adds up');
  await shot('exact');

  // Held still with the button down it rests too.
  await page.mouse.move(x(20), y);
  await page.mouse.down();
  await page.mouse.move(x(10), y, { steps: 5 });
  await chip.waitFor();
  await chip.waitFor({ state: 'detached', timeout: 20_000 });
  await page.mouse.up();
  assert(Math.abs((await modelSeconds(page)) - 10) < 1, `the clock shows ${await modelSeconds(page)} s`);
}
