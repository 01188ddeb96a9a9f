// A run as a link: copied by the menu, opened elsewhere, the same world; hostile and broken links and files get a
// sentence, and the design stays.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'links: a run is shared and opened; thirty bad links and files get a sentence, the design stays';
export const limit = 180;
export const context = { permissions: ['clipboard-read', 'clipboard-write'] };

const pack = (text) => `m1.${deflateRawSync(Buffer.from(text)).toString('base64url')}`;
const unpack = (fragment) => JSON.parse(inflateRawSync(Buffer.from(fragment.slice(3), 'base64url')).toString('utf8'));

/** Fragments that must be refused, with a part of the sentence that must be said. */
function badLinks(good) {
  const file = unpack(good);
  const changed = (change) => {
    const copy = structuredClone(file);
    change(copy);
    return pack(JSON.stringify(copy));
  };
  const node = (copy, id) => copy.design.nodes.find((one) => one.id === id);
  return [
    ['m0.AAAA', 'begins with'],
    ['m2.AAAA', 'begins with'],
    ['m99999999999999999999.AAAA', 'begins with'],
    ['m1.', 'damaged'],
    ['m1.!!!!', 'character 4'],
    ['m1.%00%00', 'character 4'],
    ['m1.<script>alert(1)</script>', 'damaged'],
    [good.slice(0, -7), 'damaged'],
    [`${good.slice(0, 40)}${good.slice(60)}`, ''],
    [`${good}====`, 'damaged'],
    [`m1.${'A'.repeat(9_000)}`, 'at most'],
    [`m1.${deflateRawSync(Buffer.alloc(2_000_000, 32)).toString('base64url')}`, 'no more are read'],
    [`m1.${deflateRawSync(Buffer.from([0xff, 0xfe, 0x00])).toString('base64url')}`, 'no text'],
    [pack(''), 'no Millrace file'],
    [pack('null'), 'no Millrace file'],
    [pack('['.repeat(50_000)), 'no Millrace file'],
    [pack('{"format":1}'), 'no Millrace file'],
    [changed((copy) => { copy.format = 2; }), 'format 2'],
    [changed((copy) => { copy.surprise = true; }), 'surprise'],
    [changed((copy) => { copy.design.rules = '2999-01'; }), '2999-01'],
    [changed((copy) => { copy.design.start_us = 1e19; }), 'year 2200'],
    [changed((copy) => { copy.design.nodes[0].service = 'mainframe'; }), 'mainframe'],
    [changed((copy) => { copy.design.nodes.push(copy.design.nodes[0]); }), 'stands twice'],
    [changed((copy) => { copy.design.nodes[0].id = '<img src=x>'; }), ''],
    [changed((copy) => { node(copy, 'stream').settings.shards = '0'; }), 'shards'],
    [changed((copy) => { node(copy, 'stream').settings.shards = '-1e99'; }), 'shards'],
    [changed((copy) => { node(copy, 'stream').settings.nonsense = '1'; }), 'nonsense'],
    [changed((copy) => { copy.design.wires[0].to = 'nowhere'; }), 'nowhere'],
    [changed((copy) => { copy.design.wires[0].kind = 'telepathy'; }), 'telepathy'],
    [changed((copy) => { copy.inputs = [{ at_us: -5, fault: { node: 'stream', kind: 'crash', lasts: '1s' } }]; }), ''],
    [changed((copy) => { copy.inputs = [{ at_us: 5, fault: { node: 'stream', kind: 'meteor', lasts: '1s' } }]; }), 'meteor'],
    [changed((copy) => { copy.inputs = [{ at_us: 5 }]; }), 'edit'],
  ];
}

export async function run({ context, page, base, shot, another, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  await page.locator('#scenario-button').click();
  await page.locator('#scenario-first-light').click();
  await speed(page, '10x');
  await untilModel(page, 9);
  await page.getByRole('button', { name: 'Pause' }).click();
  const shards = page.locator('.inspector').getByLabel('Shards', { exact: true });
  await page.getByRole('tab', { name: 'Configure' }).click();
  await shards.fill('20');
  await shards.press('Enter');
  await page.getByRole('button', { name: 'Play' }).click();
  await untilModel(page, 15);
  await page.getByRole('button', { name: 'Pause' }).click();
  const notice = page.locator('.notice');
  const close = () => page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.getByRole('button', { name: 'Copy a link to this run' }).click();
  await notice.filter({ hasText: 'The link is copied' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert(link.startsWith(`${base}#m1.`), `the link ${link.slice(0, 80)}`);
  const good = link.split('#')[1];
  await shot('copied');
  await close();

  // elsewhere: the same world at the same time, and nothing said against it
  const other = await another(undefined);
  try {
    await visitedBefore(other.context);
    await visit(other.page, link);
    const saved = unpack(good);
    await speed(other.page, '10x');
    await untilModel(other.page, saved.end.at_us / 1e6 + 2);
    assert((await other.page.locator('.notice').count()) === 0, `said: ${await other.page.locator('.notice').allTextContents()}`);
    await other.page.locator('#node-stream').focus();
    // one that was not saved so is told apart
    saved.end.digest = '0123456789abcdef';
    await other.page.evaluate((hash) => { location.hash = hash; }, pack(JSON.stringify(saved)));
    await other.page.locator('.notice').filter({ hasText: 'The run of the link is open' }).waitFor();
    await speed(other.page, '10x');
    await other.page.locator('.notice').filter({ hasText: 'is not what was saved' }).waitFor({ timeout: 30_000 });
    assertEqual(other.faults, [], 'the other page');
  } finally {
    await other.context.close();
  }

  // thirty bad ones as links, and again as files: a sentence each, and the run on screen stays
  const stands = async () => [await page.locator('.clock .time').textContent(), await page.locator('.timeline input').getAttribute('max')];
  const before = await stands();
  const bad = badLinks(good);
  assert(bad.length >= 30, `${bad.length} bad links`);
  for (const [fragment, part] of bad) {
    await page.evaluate((hash) => { location.hash = hash; }, fragment);
    await notice.filter({ hasText: 'The design stays as it was.' }).waitFor({ timeout: 10_000 });
    const said = (await notice.innerText()).replace('The design stays as it was.', '').trim();
    assert(said.length > 20 && said.includes(part), `"${fragment.slice(0, 60)}": "${part}" is not said in: ${said}`);
    assertEqual(await stands(), before, `the run after "${fragment.slice(0, 60)}"`);
    await close();
    await notice.waitFor({ state: 'detached' });
    // what is bad below the packing is bad in a file too
    let text;
    try { text = inflateRawSync(Buffer.from(fragment.slice(3), 'base64url')).toString('utf8'); } catch { continue; }
    if (pack(text) !== fragment) continue;
    await page.locator('button[aria-label="Files and reset"]').click();
    await page.locator('input[type=file]').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await notice.filter({ hasText: 'The design stays as it was.' }).waitFor({ timeout: 10_000 });
    assertEqual(await stands(), before, `the run after the file "${text.slice(0, 60)}"`);
    await close();
    await notice.waitFor({ state: 'detached' });
  }
  await shot('stays');

  // a run that no link can hold
  await page.locator('#scenario-button').click();
  await page.locator('#scenario-trace').click();
  await page.waitForFunction(() => document.querySelector('#scenario-button').dataset.scenario === 'trace');
  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.getByRole('button', { name: 'Copy a link to this run' }).click();
  await notice.filter({ hasText: 'too long for a link' }).waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    notice.getByRole('button', { name: 'Save this run as a file' }).click(),
  ]);
  assertEqual(saved.suggestedFilename(), 'trace.json', 'the file instead');
}
