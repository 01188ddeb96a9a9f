// Each of the three forecasts of the first visit is applied to the run itself, and does what the engine says of it:
// neither more lanes nor a bigger function ends the refusals, another key does.
import { speed } from './steer.mjs';

export const name = 'first visit: each cure that is offered does what it does';

/** The label, what is refused a second once it has worked, and whether the lanes cost more. */
const CURES = [
  ['Twice the lanes', (refused) => refused === 2_000, true],
  ['A bigger function', (refused) => refused === 2_000, false],
  // of forty keys on ten lanes one lane still gets 1,050 a second
  ['Another key', (refused) => refused <= 60, false],
];

export async function run({ another, base, shots, visit, assert, assertEqual }) {
  const tries = CURES.map(async ([label, right, dearer]) => {
    const { context, page, faults } = await another({});
    const shot = shots(page, `cures-${label}`);
    await visit(page, base);
    await speed(page, '10x');
    await page.getByRole('button', { name: label }).click();
    await page.getByRole('button', { name: 'Why?' }).waitFor({ timeout: 60_000 });
    const [refused, cost] = (await page.locator('.figures dd').allTextContents());
    await shot('cured');
    const after = Number(/([\d,]+)$/.exec(await page.locator('.figures dd b').first().innerText())[1].replaceAll(',', ''));
    assert(right(after), `${label}: ${after} a second are refused (${refused})`);
    const [before, now] = cost.match(/0\.\d\d/g).map(Number);
    assertEqual(now > before, dearer, `${label} costs ${cost}`);
    assertEqual(faults, [], `${label}: the page reported`);
    await context.close();
  });
  await Promise.all(tries);
}
