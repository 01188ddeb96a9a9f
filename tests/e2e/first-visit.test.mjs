// The first visit: when the first refusal comes, how much there is to read, the forecast, the cure, why.
import { untilModel } from './steer.mjs';
import { visibleWords } from './words.mjs';

export const name = 'first visit: refusal within 8 s, at most 40 words, forecast, cure, why';
export const limit = 240;

export async function run({ page, base, shot, visit, assert, assertEqual }) {
  await visit(page, base);
  await page.locator('.flag.bad').first().waitFor({ state: 'attached', timeout: 20_000 });
  const after = await page.evaluate(() => {
    const paint = performance.getEntriesByType('paint').find((entry) => entry.name === 'first-paint');
    return performance.now() - (paint?.startTime ?? 0);
  });
  const say = console.log;
  say(`    first refusal ${(after / 1000).toFixed(2)} s after the first paint`);
  assert(after <= 8_000, `the first refusal came ${after} ms after the first paint`);

  const read = async (second) => {
    await untilModel(page, second);
    const words = await page.evaluate(visibleWords);
    say(`    0:${second}: ${words.length} words: ${words.join(' ')}`);
    await shot(`at-${second}`);
    assert(words.length <= 40, `${words.length} words at 0:${second}: ${words.join(' ')}`);
    return words.join(' ');
  };
  const first = await read(10);
  assert(first.includes('A third of the sales are refused'), `the line is missing: ${first}`);
  const second = await read(30);
  assert(second.includes('What would cure it?'), `the forecast is missing: ${second}`);
  await page.getByRole('button', { name: 'Twice the lanes' }).click();
  const third = await read(50);
  assert(third.includes('refused a second'), `the figures are missing: ${third}`);

  await page.getByLabel('Speed', { exact: true }).selectOption({ label: '5x' });
  const ask = page.getByRole('button', { name: 'Why?' });
  await ask.waitFor({ timeout: 60_000 });
  const figures = await page.locator('.figures dd').allTextContents();
  assertEqual(figures[1]?.replace(/\s+/g, ''), '0.150.30', 'twice the lanes cost twice as much');
  await ask.click();
  const chain = page.getByRole('region', { name: 'Why was it refused?' });
  await chain.waitFor();
  await shot('why');
  const text = await chain.innerText();
  for (const part of ['store-00', 'MD5', '1,000 a second', 'It had 0']) {
    assert(text.includes(part), `"${part}" is missing in: ${text}`);
  }
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('region', { name: 'First visit' }).waitFor({ state: 'detached' });
  await visit(page, base);
  assertEqual(await page.getByRole('region', { name: 'First visit' }).count(), 0, 'the first visit comes once');
  await shot('second-visit');
}
