// Where the reader wants less motion nothing flies and nothing bounces; wires carry figures instead.
import { untilModel, visitedBefore } from './steer.mjs';

export const name = 'reduced motion: no moving marks, no bouncing';

const SAMPLES = 10;

/** Prints of the part of the stage between the stores and the stream, where marks fly and bounce. Runs inside the page. */
function prints(samples) {
  const box = (id) => document.getElementById(id).getBoundingClientRect();
  const canvas = document.getElementById('stage-moves');
  const stage = canvas.getBoundingClientRect();
  const scale = canvas.width / stage.width;
  const left = (box('node-store-001').right - stage.left + 8) * scale;
  const right = (box('node-stream').left - stage.left - 4) * scale;
  const [top, bottom] = [(box('node-stream').top - stage.top) * scale, (box('node-stream').bottom - stage.top) * scale];
  const found = [];
  return new Promise((done) => {
    const look = () => {
      const { data } = canvas.getContext('2d').getImageData(left, top, right - left, bottom - top);
      let print = 2166136261;
      let ink = 0;
      for (let i = 0; i < data.length; i += 4) {
        print = Math.imul(print ^ (data[i] + data[i + 1] * 3 + data[i + 2] * 5 + data[i + 3] * 7), 16777619);
        if (data[i + 3] > 0) ink += 1;
      }
      found.push({ print, ink });
      if (found.length < samples) setTimeout(look, 90); else done(found);
    };
    requestAnimationFrame(look);
  });
}

export async function run({ another, base, shots, visit, assert, assertEqual }) {
  const seen = {};
  for (const reducedMotion of ['reduce', 'no-preference']) {
    const { context, page, faults } = await another({ reducedMotion });
    await visitedBefore(context);
    await visit(page, base);
    await page.getByLabel('Speed', { exact: true }).selectOption({ label: '5x' });
    await untilModel(page, 12); // the rates are steady, so figures stand
    await page.getByLabel('Speed', { exact: true }).selectOption({ label: '1x' });
    await untilModel(page, 14);
    seen[reducedMotion] = await page.evaluate(prints, SAMPLES);
    await shots(page, `motion-${reducedMotion}`)('stage');
    await page.getByRole('button', { name: 'Files and reset' }).click();
    seen[`${reducedMotion} css`] = await page.locator('.popover').evaluate((box) => getComputedStyle(box).animationName);
    assertEqual(faults, [], 'the page reported');
    await context.close();
  }
  const distinct = (samples) => new Set(samples.map((sample) => sample.print)).size;
  const [still, moving] = [distinct(seen.reduce), distinct(seen['no-preference'])];
  console.log(`    distinct pictures of ${SAMPLES}: ${still} with reduced motion, ${moving} without`);
  assertEqual(still, 1, 'with reduced motion the space between the cards stands still');
  assert(seen.reduce[0].ink > 0, 'and yet something is drawn there: the rates of the wires');
  assert(moving >= SAMPLES - 2, 'without it marks fly there, or this test could not fail');
  assertEqual([seen['reduce css'], seen['no-preference css']], ['none', 'rise'], 'what opens does not rise');
}
