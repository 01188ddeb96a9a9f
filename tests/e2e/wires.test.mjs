// A wire is a thing of its own: chosen by pointer and by keyboard, with its kind in words, its settings, its life.
import { readFileSync } from 'node:fs';
import { openAct, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'wires: chosen by click and by arrow keys; settings, live, learn';

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await openAct(page, 'first-light', 'store-key'); // an application polls this stream
  const press = (label) => page.getByRole('button', { name: label, exact: true }).click();
  const tab = (label) => page.getByRole('tab', { name: label }).click();
  const ends = () => page.locator('.inspector header p').innerText();
  const here = () => page.evaluate(() => document.activeElement.ariaLabel ?? '');
  const rows = () => page.locator('.inspector .rows').first().innerText();
  await untilModel(page, 9);

  // By pointer: a click on the line between two cards.
  const wire = page.getByRole('button', { name: /^Poll wire from stream to checkout/ });
  const box = await wire.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(() => document.querySelector('.inspector h2')?.textContent === 'Poll');
  assertEqual(await ends(), 'stream to checkout', 'where the wire runs');
  assertEqual(await wire.getAttribute('aria-pressed'), 'true', 'the wire is chosen in the mirror too');
  await page.getByText('asks each shard for records').waitFor();
  await page.getByText('the call runs against it').waitFor();
  assertEqual(await page.getByRole('tab', { name: 'Code' }).count(), 0, 'a wire has no code of its own');
  assert(await page.getByText('TRIM_HORIZON').count() > 0, 'the start position is offered');

  // A value outside its range is refused with the range; a good one is an input and takes effect.
  const network = page.getByLabel('Network', { exact: true });
  await network.fill('2h');
  await network.press('Enter');
  await page.locator('.field .error').waitFor();
  await network.fill('100ms');
  await network.press('Enter');
  await page.locator('.field .error').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'About Network' }).click();
  await page.getByText('Chosen by Millrace, not by AWS.').waitFor();
  await shot('settings');
  await tab('Live');
  await page.waitForFunction(() => /each way takes\s*100 ms/.test(document.querySelector('.inspector .rows').innerText));
  assert(/carries\s*[\d,]+ rec\/s/.test(await rows()), `no rate in: ${await rows()}`);
  assert(/who calls\s*checkout calls stream/.test(await rows()), `nobody calls in: ${await rows()}`);
  await page.waitForFunction(() => {
    const way = /on the way\s*([\d,]+) record/.exec(document.querySelector('.inspector .rows').innerText);
    return way && way[1] !== '0';
  }, null, { timeout: 10_000 });
  await shot('live');
  await tab('Learn');
  await page.getByText('A start position counts only when there is no checkpoint').waitFor();
  assertEqual(await page.locator('.learn em').allTextContents(), ['push'], 'stressed words are stressed');
  assert(!(await page.locator('.learn').innerText()).includes('*'), 'and their marks are not seen');
  await press('Files and reset');
  const [saved] = await Promise.all([page.waitForEvent('download'), press('Save this run as a file')]);
  const { inputs } = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  assertEqual(inputs.map((input) => [input.edit.set.at, input.edit.set.field, input.edit.set.value]),
    [['stream-to-checkout', 'network', '100ms']], 'the change of the wire is an input of the run');

  // By keyboard: from a till along its wire to the stream and on, then Enter; Escape gives the focus back.
  await speed(page, '1x');
  await page.locator('#node-store-002').focus();
  const walked = [];
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']) {
    await page.keyboard.press(key);
    walked.push((await here()).replace(/^(\w+ wire from \S+ to [^:]+|[^,]+).*/, '$1'));
  }
  assertEqual(walked, ['Put wire from store-002 to stream', 'Put wire from store-003 to stream', 'stream',
    'Poll wire from stream to checkout', 'checkout', 'Poll wire from stream to checkout', 'stream'], 'the way of the arrows');
  await page.keyboard.press('ArrowLeft');
  assert((await here()).startsWith('Put wire from store-00'), `Left from the stream came to ${await here()}`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'tab');
  await page.waitForFunction(() => document.querySelector('.inspector h2')?.textContent === 'Put');
  await shot('by-keyboard');
  await page.keyboard.press('Escape');
  assert((await here()).startsWith('Put wire from store-00'), 'Escape gives the focus back to the wire');

  // The mapping of a function is such a wire too: advice, settings, life, the code that makes it; what failed has its way.
  await openAct(page, 'live-inventory', 'partial-response');
  await untilModel(page, 4);
  const choose = async (id, kind) => {
    await page.locator(`#node-${id}`).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((wanted) => document.querySelector('.inspector h2')?.textContent === wanted, kind);
  };
  await choose('stream-to-inventory', 'Event source mapping');
  await tab('Configure');
  await page.locator('.box.problem.advice').filter({ hasText: 'Limit the retry attempts or the record age' }).waitFor();
  await page.getByText('Lambda reads the stream for you').waitFor();
  await tab('Live');
  assert(/who calls\s*inventory calls stream/.test(await rows()), `nobody calls in: ${await rows()}`);
  await tab('Code');
  assert((await page.locator('.code pre').innerText()).includes('create-event-source-mapping'), 'the AWS CLI makes it');
  await choose('inventory-to-dead-letters', 'On failure');
  await tab('Learn');
  await page.getByText('Not modelled').waitFor();
  const said = await page.locator('#node-inventory-to-dead-letters').getAttribute('aria-label');
  assert(/^On failure wire from inventory to dead-letters: \d+ records a second/.test(said), `it says: ${said}`);
}
