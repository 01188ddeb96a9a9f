// Every chart can be had as a table by keyboard: the numbers as they are drawn, with units; and as CSV.
import { readFileSync } from 'node:fs';
import { modelSeconds, openAct, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'tables: the numbers of every chart, by keyboard, with units, and as CSV';

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  // behind this stream stands an application that polls five times a second
  await openAct(page, 'first-light', 'store-key');
  await speed(page, '10x');
  await untilModel(page, 14.2);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.waitForTimeout(600);
  const dialog = page.getByRole('dialog');
  const cells = (row) => row.locator('th, td').allInnerTexts();
  const open = async (chart) => {
    const button = page.getByRole('button', { name: `${chart} as a table` });
    await button.focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('table').waitFor();
    return button;
  };
  const close = async (button) => {
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert(await button.evaluate((element) => element === document.activeElement), 'the focus is back at its button');
  };
  const csv = async () => {
    const [saved] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save as CSV' }).click()]);
    return { file: saved.suggestedFilename(), lines: readFileSync(await saved.path(), 'utf8').trim().split('\r\n') };
  };
  const number = (text) => Number(text.replaceAll(',', ''));

  // Throughput: a row a second, the newest first; what the title says is what the table says.
  const said = await page.locator('.chart .figs').first().innerText();
  let button = await open('Throughput');
  assertEqual(await dialog.locator('thead th').allInnerTexts(), ['Time', 'out, rec/s', 'in, rec/s', 'refused, rec/s'], 'heads with units');
  const row = dialog.locator('tbody tr').filter({ hasText: '10:00:12' });
  const [, out, tried, refused] = (await cells(row)).map(number);
  assertEqual([tried, refused], [6_000, 2_000], 'what was tried and refused in second 12');
  assert(out > 3_000 && out < 5_000, `in second 12 ${out} came out`);
  // the title takes a second in when half of it has passed, the table when a quarter has
  const passed = (await modelSeconds(page)) % 1;
  const newest = await cells(dialog.locator('tbody tr').nth(passed >= 0.25 && passed < 0.5 ? 1 : 0));
  const short = (text) => (number(text) >= 1_000 ? `${Number((number(text) / 1_000).toPrecision(3))}k` : text);
  assertEqual(said, `out ${short(newest[1])} · in ${short(newest[2])}`, 'the title and the newest row');
  assert((await dialog.innerText()).includes('stream limit: 10,000 rec/s'), 'the limit stands beside');
  await shot('throughput');
  const { file, lines } = await csv();
  assertEqual(file, 'first-light-stream-throughput.csv', 'the name of the file');
  assertEqual(lines[0].split(',').slice(0, 4), ['Time [s]', 'out [1/s]', 'in [1/s]', 'refused [1/s]'], 'its head');
  const line = lines.find((text) => text.startsWith('12.5,'));
  assertEqual(line.split(',').slice(1, 4).map(Number), [out, tried, refused], 'the same numbers in the file');
  await close(button);

  button = await open('Latency');
  assertEqual(await dialog.locator('thead th').allInnerTexts(), ['Time', 'p50', 'p95', 'p99'], 'percentiles');
  assert(/^\d+ ms$/.test((await cells(dialog.locator('tbody tr').nth(1)))[1]), 'latencies carry their unit');
  assert(/not delivered: [\d.]+ %/.test(await dialog.innerText()), 'the share not delivered stands beside');
  await close(button);

  button = await open('Load per shard');
  const shards = await Promise.all((await dialog.locator('tbody tr').all()).map(cells));
  assertEqual(shards.map(([id]) => id), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], 'a row a shard');
  const hot = shards.filter(([, peak]) => peak !== '0');
  assertEqual(hot.map(([id]) => id), ['2', '5', '7', '8'], 'the four hot shards');
  // the second that has only begun counts for what has passed of it, so a little more than 1,500 is possible
  assert(hot.every(([, peak]) => number(peak) >= 1_500 && number(peak) < 1_700), `their peaks: ${hot}`);
  await shot('shards');
  const heat = (await csv()).lines;
  assertEqual(heat[0], 'Shard,From [s],Length [s],Tried [rec/s]', 'its head');
  assert(heat.includes('5,12,1,1500'), 'a bucket of shard 5');
  await close(button);

  // The age of an iterator stands still while its reader is down; the oldest unread record grows older beside it.
  await page.locator('#node-checkout').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByLabel('For').selectOption({ label: '1 minute' });
  await page.getByRole('button', { name: 'Start the fault' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await untilModel(page, 34);
  await page.getByRole('button', { name: 'Pause' }).click();
  const unread = page.locator('.rows > div').filter({ hasText: 'oldest unread' });
  const age = /([\d.]+) s/.exec(await unread.locator('dd').innerText());
  assert(age && Number(age[1]) > 15, `the oldest unread is ${await unread.innerText()}`);
  assert((await unread.getAttribute('title')).includes('stands still while nobody reads'), 'its sentence on hover');
  assert(/iterator age\s*(0 s|\d+ ms)/.test(await page.locator('.rows').first().innerText()), 'the age of the iterator stands');
  await shot('down');
  button = await open('Iterator age');
  assert(/oldest unread: \d+/.test(await dialog.innerText()), 'it stands beside the chart too');
  await close(button);
}
