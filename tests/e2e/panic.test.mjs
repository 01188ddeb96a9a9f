// A page that panics in a handler, in a frame or in a message says so, keeps the design, and opens it again.
import { readFileSync } from 'node:fs';
import { untilModel, visitedBefore } from './steer.mjs';

export const name = 'panic: the overlay says what happened, and the design opens again';
export const hooked = true;
export const limit = 180;
export const expectFaults = true;

export async function run({ another, base, shots, visit, assert, assertEqual }) {
  for (const where of ['handler', 'frame', 'message']) {
    const { context, page, faults } = await another({});
    const shot = shots(page, `panic-${where}`);
    await visitedBefore(context);
    await visit(page, base);
    const overlay = page.locator('#panic');
    assert(await overlay.isHidden(), 'a page that works shows no overlay');
    await untilModel(page, 1);
    const shards = page.getByLabel('Shards', { exact: true });
    await shards.fill('12');
    await shards.press('Enter');
    await untilModel(page, 1.5);
    assert(faults.length === 0, `faults before the panic: ${faults.join('; ')}`);
    await page.evaluate((event) => document.dispatchEvent(new Event(event)), `panic-in-${where}`);
    await overlay.waitFor({ state: 'visible', timeout: 10_000 });
    await page.waitForTimeout(300);
    const said = await overlay.innerText();
    assert(said.includes(`asked to panic in a ${where}`), `the overlay does not say what happened: ${said}`);
    assert(/Model time: .*10:00:0\d/.test(said), `the overlay does not say when: ${said}`);
    assert(!said.includes('already borrowed'), 'what followed from the panic must not hide it');
    const stopped = await page.locator('.clock .time').textContent();
    await page.waitForTimeout(300);
    assertEqual(await page.locator('.clock .time').textContent(), stopped, 'nothing runs on below the overlay');
    await shot('overlay');

    // The file that reproduces it holds the run with its inputs.
    const [saved] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('link', { name: 'Save the design as a file' }).click()]);
    const text = readFileSync(await saved.path(), 'utf8');
    const file = JSON.parse(text);
    assertEqual([file.design.seed, file.inputs.map((input) => input.edit.set.value)], [7, ['12']], 'the reproduction');

    // Loaded again with the design, the run is there and comes to the same act.
    await page.getByRole('link', { name: 'Load again with this design' }).click();
    await page.waitForFunction(() => globalThis.wasmBindings !== undefined && document.querySelector('#panic').hidden);
    await untilModel(page, 2);
    assertEqual(await page.getByLabel('Shards', { exact: true }).inputValue(), '12', 'the act was done again');

    // The file opens it too, on a page that starts anew.
    await visit(page, base);
    assertEqual(await page.getByLabel('Shards', { exact: true }).inputValue(), '10', 'a plain load starts the scenario');
    await page.getByRole('button', { name: 'Files and reset' }).click();
    await page.locator('input[type=file]').setInputFiles(
      { name: 'again.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.getByText('again.json is open.').waitFor();
    await untilModel(page, 2);
    assertEqual(await page.getByLabel('Shards', { exact: true }).inputValue(), '12', 'the file holds the act');
    await context.close();
  }
}
