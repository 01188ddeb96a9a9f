// The panels do what they say: settings, faults, lanes, ledger, timeline, speeds, seed, files, undo, theme.
import { readFileSync } from 'node:fs';
import { modelSeconds, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'panels: settings, faults, lanes, ledger, timeline, speed, seed, save and open, undo, theme';
export const limit = 240;

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const tab = (label) => page.getByRole('tab', { name: label }).click();
  const press = (label) => page.getByRole('button', { name: label, exact: true }).click();
  const ledger = async () => {
    const numbers = await page.locator('.ledger dd').allTextContents();
    return numbers.map((text) => Number(text.replaceAll(',', '')));
  };
  await untilModel(page, 9);

  // A value outside its range is refused in words, under its field; a good one is taken.
  const shards = page.getByLabel('Shards', { exact: true });
  await shards.fill('0');
  await shards.press('Enter');
  await page.locator('.field .error').waitFor();
  assertEqual(await shards.getAttribute('aria-invalid'), 'true', 'the field is marked');
  await shards.fill('20');
  await shards.press('Enter');
  await page.locator('.field .error').waitFor({ state: 'detached' });
  assertEqual(await shards.inputValue(), '20', 'the field keeps the value');
  await shot('settings');

  // Undo takes it back.
  await press('Files and reset');
  await page.locator('.menu').getByRole('button', { name: 'Undo the newest change', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.field:not(.named) input').value === '10');

  // Lanes are one grid that is walked with the arrow keys.
  await tab('Live');
  const grid = page.getByRole('grid', { name: 'Lanes' });
  assertEqual(await grid.getAttribute('aria-rowcount'), '11', 'ten lanes and a head');
  await page.locator('#lane-0-0').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.activeElement.id === 'lane-2-0');
  await page.keyboard.press('Enter');
  await page.locator('.why li').first().waitFor();
  assert((await page.locator('.why').innerText()).includes('lane 2 of 10'), 'the answer is about the lane asked for');
  await page.keyboard.press('Escape');

  // A crash is seen, and the ledger still adds up.
  await page.locator('#node-checkout').focus();
  await page.keyboard.press('Enter');
  await tab('Live');
  await page.getByLabel('For').selectOption({ label: '10 seconds' });
  await press('Start the fault');
  await page.locator('.state.down').waitFor({ timeout: 10_000 });
  await shot('down');
  await speed(page, '10x');
  await page.locator('.state.down').waitFor({ state: 'detached', timeout: 30_000 });
  await press('Pause');
  await page.waitForTimeout(700);
  const [made, counted, way, ended] = await ledger();
  assertEqual(made, counted + way + ended, 'the ledger adds up');
  assert(made > 30_000, `only ${made} sales were made`);

  // Learn and Code.
  await tab('Learn');
  await page.getByText('Not modelled').waitFor();
  await page.locator('#node-stream').focus();
  await page.keyboard.press('Enter');
  await tab('Code');
  assert((await page.locator('.code pre').innerText()).includes('create-stream'), 'the AWS CLI makes the stream');
  await press('boto3');
  assert((await page.locator('.code pre').innerText()).includes('boto3'), 'boto3 does too');

  // The timeline goes back by keyboard; acting there begins another branch and says so.
  const rail = page.getByRole('slider', { name: 'Timeline' });
  const before = await modelSeconds(page);
  await rail.focus();
  await page.keyboard.press('PageDown');
  await page.waitForFunction((wanted) => {
    const [, minutes, seconds] = document.querySelector('.clock .time').textContent.split(':').map(Number);
    return minutes * 60 + seconds < wanted;
  }, before - 1);
  // Of the reader: the stream itself refuses changes while it is resharded.
  await page.locator('#node-checkout').focus();
  await page.keyboard.press('Enter');
  await tab('Configure');
  const duration = page.getByLabel('Duration', { exact: true });
  await duration.fill('150ms');
  await duration.press('Enter');
  await page.getByText('a new branch begins here').waitFor();
  await shot('branch');

  // One event, and the next one worth a look.
  const at = await modelSeconds(page);
  await press('Step one event');
  await press('To the next event worth a look');
  await page.waitForFunction((was) => {
    const [, minutes, seconds] = document.querySelector('.clock .time').textContent.split(':').map(Number);
    return minutes * 60 + seconds >= was;
  }, at);

  // A speed that no machine keeps shows what is reached.
  await speed(page, '100,000x');
  await press('Play');
  await page.locator('.reached').waitFor({ timeout: 20_000 });
  await press('Pause');

  // Another seed is another run; a saved run opens again.
  await press('seed 7');
  await page.getByLabel('Seed').fill('11');
  await press('New run');
  await page.getByRole('button', { name: 'seed 11' }).waitFor();
  await press('Files and reset');
  const [saved] = await Promise.all([page.waitForEvent('download'), press('Save this run as a file')]);
  const text = readFileSync(await saved.path(), 'utf8');
  const parsed = JSON.parse(text);
  assertEqual([parsed.format, parsed.design.seed], [1, 11], 'format and seed of the file');
  await page.locator('.bar').getByRole('button', { name: 'Reset the scenario' }).first().click();
  await page.getByRole('button', { name: 'seed 7' }).waitFor();
  await press('Files and reset');
  await page.locator('input[type=file]').setInputFiles(
    { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await page.getByText('mine.json is open.').waitFor();
  await page.getByRole('button', { name: 'seed 11' }).waitFor();

  // The theme switch goes round.
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'system');
  const seen = [];
  for (let i = 0; i < 3; i += 1) {
    await page.getByRole('button', { name: /^Theme:/ }).click();
    seen.push(await theme());
  }
  assertEqual(seen, ['light', 'dark', 'system'], 'the themes');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
