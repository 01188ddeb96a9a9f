// Charts: one cursor for all, click to go there, a span to zoom, charts of any metric that keep their node, files, cost.
import { readFileSync } from 'node:fs';
import { modelSeconds, openAct, speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'charts: shared cursor, seek, zoom, added and kept charts, files, cost; by mouse and by keyboard';
export const limit = 240;

/** How many points of a canvas have another colour than in the picture before. */
const pixels = (page, id) => page.evaluate((canvas) => {
  const { width, height } = document.getElementById(canvas);
  const { data } = document.getElementById(canvas).getContext('2d').getImageData(0, 0, width, height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum = (sum * 31 + data[i]) % 4_294_967_291;
  return sum;
}, id);

export async function run({ another, context, page, base, shot, visit, settle, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await openAct(page, 'first-light', 'store-key');
  await speed(page, '10x');
  await untilModel(page, 20);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.waitForTimeout(500);
  const charts = ['throughput', 'latency', 'iterator-age', 'load-per-shard'].map((id) => `chart-${id}`);
  const figures = (id) => page.locator(`.chart.${id} .figs`).innerText();
  const chart = page.locator('#chart-throughput-cursor');
  const spoken = () => chart.getAttribute('aria-valuetext');

  // The pointer over one chart is seen in all, and the values of its time stand beside the titles.
  const before = await Promise.all(charts.map((id) => pixels(page, id)));
  const box = await page.locator('#chart-throughput').boundingBox();
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.3, middle);
  await page.waitForFunction(() => /^10:00:\d\d · out/.test(document.querySelector('.chart.throughput .figs').innerText));
  const pointed = (await figures('throughput')).slice(0, 8);
  for (const id of ['latency', 'iterator-age', 'load-per-shard']) {
    assert((await figures(id)).startsWith(pointed), `${id} says ${await figures(id)}, not ${pointed}`);
  }
  const over = await Promise.all(charts.map((id) => pixels(page, id)));
  charts.forEach((id, ix) => assert(before[ix] !== over[ix], `${id} shows no cursor`));
  await shot('cursor');
  await page.mouse.move(box.x + 40, box.y - 200);
  await page.waitForFunction(() => document.querySelector('.chart.throughput .figs').innerText.startsWith('out'));
  await settle(page);
  assertEqual(await Promise.all(charts.map((id) => pixels(page, id))), before, 'the pictures without cursor');

  // By keyboard: bucket by bucket, told in words with all its numbers.
  await chart.focus();
  const press = async (key, wanted) => {
    await page.keyboard.press(key);
    await page.waitForFunction(
      (text) => document.querySelector('#chart-throughput-cursor').getAttribute('aria-valuetext').startsWith(text), wanted);
  };
  await press('Home', '10:00:00');
  await press('Shift+ArrowRight', '10:00:10');
  await press('ArrowRight', '10:00:11');
  await press('ArrowRight', '10:00:12');
  assert(/^10:00:12: out [\d.]+k · in 6k · refused 2k$/.test(await spoken()), `second 12 is told as ${await spoken()}`);
  assertEqual(await page.locator('#chart-load-per-shard-cursor').getAttribute('aria-valuetext'), '10:00:12: shard 2: 1,500/s', 'the busiest shard');
  await press('ArrowLeft', '10:00:11');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.clock .time').textContent.startsWith('10:00:11'));
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('#chart-throughput-cursor').getAttribute('aria-valuetext') === 'at the model\'s time');

  // A click goes to its time; one in what was not simulated yet goes to the end of what was.
  const plot = async (share) => {
    const now = await page.locator('#chart-throughput').boundingBox();
    return now.x + 34 + (now.width - 34 - 50) * share;
  };
  await page.mouse.click(await plot(0.1), middle);
  await page.waitForFunction(() => /^10:00:0[4-8]/.test(document.querySelector('.clock .time').textContent));
  await page.mouse.click(await plot(0.9), middle);
  await page.waitForFunction(() => /^10:00:(19|2\d)/.test(document.querySelector('.clock .time').textContent));

  // Dragging across selects a span, and all charts show it; "whole run" goes back, and so does a double click.
  const range = async () => [await chart.getAttribute('aria-valuemin'), await chart.getAttribute('aria-valuemax')].map(Number);
  assertEqual(await range(), [0, 60], 'the whole run');
  const drag = async () => {
    await page.mouse.move(await plot(0.1), middle);
    await page.mouse.down();
    await page.mouse.move(await plot(0.2), middle, { steps: 4 });
    await settle(page);
    await shot('brush');
    await page.mouse.move(await plot(0.3), middle, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Whole run' }).waitFor();
  };
  await drag();
  const [from, to] = await range();
  assert(from >= 4 && from <= 9 && to >= 15 && to <= 22, `zoomed to ${from}..${to}`);
  await shot('zoomed');
  await page.getByRole('button', { name: 'Whole run' }).click();
  await page.waitForFunction(() => document.querySelector('#chart-throughput-cursor').getAttribute('aria-valuemax') === '60');
  await drag();
  await page.locator('#chart-latency').dblclick();
  await page.getByRole('button', { name: 'Whole run' }).waitFor({ state: 'detached' });
  // by keyboard: both ends of a span, and about the cursor
  await chart.focus();
  await press('Home', '10:00:00');
  await press('Shift+ArrowRight', '10:00:10');
  await page.keyboard.press('Shift+Enter');
  await page.waitForFunction(() => document.querySelector('#chart-throughput-cursor').getAttribute('aria-valuetext').includes('begins or ends at 10:00:10'));
  await press('ArrowLeft', '10:00:09');
  await press('ArrowLeft', '10:00:08');
  await press('ArrowLeft', '10:00:07');
  await press('ArrowLeft', '10:00:06');
  await press('ArrowLeft', '10:00:05');
  await page.keyboard.press('Shift+Enter');
  await page.getByRole('button', { name: 'Whole run' }).waitFor();
  assertEqual(await range(), [5, 10], 'from second 5 to second 10');
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('-');
  await page.getByRole('button', { name: 'Whole run' }).waitFor({ state: 'detached' });
  assertEqual(await page.getByLabel('Speed', { exact: true }).locator('option:checked').innerText(), '10x', 'a minus on a chart is no command of the page');

  // A chart of any metric of any node, by keyboard alone.
  await page.locator('#chart-add').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.getByLabel('Of').selectOption({ label: 'stream · Kinesis Data Streams' });
  await dialog.getByLabel('What').selectOption({ label: 'IncomingBytes' });
  await shot('chooser');
  await dialog.getByRole('button', { name: 'Add', exact: true }).focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const added = page.getByRole('region', { name: 'IncomingBytes of stream' });
  await added.waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'chart-added-1-cursor');
  await page.waitForFunction(() => /MiB|KiB/.test(document.querySelector('.chart.added-1 .figs').innerText));
  const widths = await page.locator('.chart').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
  assert(widths.every((width) => width >= 249), `charts as narrow as ${Math.min(...widths)} px`);
  const table = async (of) => {
    await of.getByRole('button', { name: /as a table$/ }).click();
    await dialog.getByRole('table').waitFor();
    return dialog.innerText();
  };
  const text = await table(added);
  assert(text.includes('stream limit: 10 MiB/s'), `ten shards take 10 MiB a second: ${text.slice(0, 300)}`);
  // 4,000 records of 300 B and the key "store-00n" (9 B) are let in a second: facts 1.2 counts data and key
  const row = dialog.locator('tbody tr').filter({ hasText: '10:00:12' });
  const cell = await row.locator('td').innerText();
  assert(/^1\.1\d MiB\/s$/.test(cell), `in second 12 ${cell} came in`);

  // Its files: numbers, and a picture of twice the pixels.
  const saved = async (act) => {
    const [file] = await Promise.all([page.waitForEvent('download'), act()]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const csv = await saved(() => dialog.getByRole('button', { name: 'Save as CSV' }).click());
  assertEqual(csv.name, 'first-light-stream-IncomingBytes.csv', 'scenario, node and chart name the file');
  const lines = csv.bytes.toString().trim().split('\r\n');
  assertEqual(lines[0], 'Time [s],IncomingBytes [B/s],stream limit [B/s]', 'its head');
  const [, bytes, most] = lines.find((line) => line.startsWith('12.5,')).split(',').map(Number);
  assertEqual(most, 10 * 1024 * 1024, 'its limit');
  assert(Math.abs(bytes / (1024 * 1024) - Number.parseFloat(cell)) < 0.01, `${bytes} B are shown as ${cell}`);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  const throughput = page.getByRole('region', { name: 'Throughput' });
  await throughput.getByRole('button', { name: 'Save Throughput' }).click();
  const png = await saved(() => throughput.getByRole('button', { name: 'Save as PNG' }).click());
  assertEqual(png.name, 'first-light-stream-throughput.png', 'the name of the picture');
  assertEqual(png.bytes.subarray(1, 4).toString(), 'PNG', 'its kind');
  assertEqual([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)], [1520, 840], 'twice the pixels');
  const ground = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    const pixel = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
    let dark = 0;
    for (let x = 32; x < 400; x += 1) for (let y = 32; y < 64; y += 1) if (pixel(x, y)[0] < 100) dark += 1;
    return { corner: pixel(2, 2), dark };
  }, png.bytes.toString('base64'));
  assertEqual(ground.corner, [255, 255, 255, 255], 'the ground of the light theme');
  assert(ground.dark > 100, 'the title is written on it');
  await throughput.getByRole('button', { name: 'Save Throughput' }).click();

  // A kept chart stays with its node, the others follow the chosen one; both outlive a reset.
  await page.getByRole('button', { name: 'Keep Latency on sales' }).click();
  const pinned = page.getByRole('region', { name: 'Latency of sales' });
  await pinned.waitFor();
  await page.getByRole('button', { name: 'Keep IncomingBytes on stream' }).click();
  await page.locator('#node-store-001').focus();
  await page.keyboard.press('Enter');
  await page.getByText('store-001 has no such metric').waitFor();
  await page.locator('#node-stream').focus();
  await page.keyboard.press('Enter');
  await page.getByText('store-001 has no such metric').waitFor({ state: 'detached' });
  await page.locator('.bar').getByRole('button', { name: 'Reset the scenario' }).first().click();
  await pinned.waitFor();
  assertEqual(await page.locator('.chart.added-1 h2').innerText(), 'IncomingBytes', 'the added chart is still there');
  await page.getByRole('button', { name: 'Close IncomingBytes of stream' }).click();
  await page.locator('.chart.added-1').waitFor({ state: 'detached' });
  assertEqual(await page.locator('.chart').count(), 4, 'it went, and no other');

  // What the whole design costs is a chart too, in dollars.
  await page.locator('#chart-add').click();
  await dialog.getByLabel('What').selectOption({ label: 'Cost so far, all parts' });
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await untilModel(page, 15);
  await page.waitForFunction(() => /^\$0\.00\d+/.test(document.querySelector('.chart.added-2 .figs').innerText));

  // Cost: its parts add up, the stream's shards cost 10 x 0.015 x 730 a month, and the line of the folded ledger adds up.
  await openAct(page, 'live-inventory', 'swallowed');
  await speed(page, '60x');
  await untilModel(page, 60);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.waitForTimeout(700);
  await page.locator('.parts').getByRole('button', { name: 'Cost', exact: true }).click();
  const cost = page.locator('.costs');
  const amounts = async (rows) => Promise.all((await rows.all()).map(async (line) => {
    const cells = await line.locator('td').allInnerTexts();
    return cells.map((value) => Number(value.replaceAll(',', '')));
  }));
  const sum = (rows, ix) => rows.reduce((all, line) => all + line[ix], 0);
  const [total] = await amounts(cost.locator('.sum tr').first());
  const nodes = await amounts(cost.locator('.node'));
  const prices = await amounts(cost.locator('tbody:not(.sum) tr:not(.node)'));
  assert(nodes.length >= 3 && prices.length > nodes.length, `${nodes.length} nodes and ${prices.length} prices`);
  for (const ix of [0, 1]) {
    const tolerance = 0.006 * prices.length;
    assert(Math.abs(sum(nodes, ix) - total[ix]) <= tolerance, `nodes: ${sum(nodes, ix)} against ${total[ix]}`);
    assert(Math.abs(sum(prices, ix) - total[ix]) <= tolerance, `prices: ${sum(prices, ix)} against ${total[ix]}`);
  }
  const shards = cost.locator('tr').filter({ hasText: 'shard-hours' });
  const count = Number(/([\d.]+) at 0\.015/.exec(await shards.innerText())?.[1]);
  const [[, month]] = await amounts(shards);
  await page.locator('#node-stream').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Configure' }).click();
  const n = Number(await page.getByLabel('Shards', { exact: true }).inputValue());
  assertEqual(month, Number((n * 0.015 * 730).toFixed(2)), `${n} shards for 730 hours`);
  assert(Math.abs(count - (n * (await modelSeconds(page))) / 3600) < 0.01, `${count} shard-hours were used`);
  assert((await page.locator('.part.cost').innerText()).includes('Not counted: transfer between zones, NAT, logs, KMS, support'), 'what is left out');
  await page.getByRole('tab', { name: 'Live' }).click();
  const bill = page.locator('.inspector .rows > div');
  const used = Number.parseFloat(await bill.filter({ hasText: 'shard-hours' }).locator('dd').innerText());
  assert(Math.abs(used - (n * 0.015 * (await modelSeconds(page))) / 3600) < 0.00002, `the inspector says ${used}`);
  await shot('cost');
  const books = (await page.locator('.ledger .sums dd').allTextContents()).map((value) => Number(value.replaceAll(',', '')));
  await page.locator('.foot .line').getByRole('button', { name: 'Ledger', exact: true }).click();
  const line = await page.locator('.sums-line').innerText();
  const found = line.split('worth')[0].match(/\d[\d,]*/g).map((value) => Number(value.replaceAll(',', '')));
  assertEqual(found, books.slice(0, 4), `the line says ${line}`);
  assertEqual(found[0], found[1] + found[2] + found[3], 'and it adds up');
  await shot('folded');
  await byTouch({ another, base, visit, assert, assertEqual });
}

/** On a telephone charts and ledger take turns, and a tap goes to a time. */
async function byTouch({ another, base, visit, assert, assertEqual }) {
  const { context, page, faults } = await another({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await visitedBefore(context);
  await visit(page, base);
  await speed(page, '10x');
  await untilModel(page, 20);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const strip = (name) => page.locator('.foot .line').getByRole('button', { name, exact: true });
  await strip('Ledger').tap();
  await page.locator('.ledger').waitFor();
  await strip('Charts').tap();
  await page.locator('.ledger').waitFor({ state: 'detached' });
  const canvas = page.locator('#chart-throughput');
  await page.locator('.chart.throughput .figs').filter({ hasText: 'out' }).waitFor();
  const box = await canvas.boundingBox();
  assert(box.width >= 250 && box.x >= 0 && box.x + box.width <= 360, `the chart lies at ${box.x}, ${box.width} px wide`);
  await page.touchscreen.tap(box.x + 40 + (box.width - 90) * 0.15, box.y + box.height / 2);
  await page.waitForFunction(() => /^10:00:(0[7-9]|1[01])/.test(document.querySelector('.clock .time').textContent));
  assertEqual(faults, [], 'the page reports nothing');
  await context.close();
}
