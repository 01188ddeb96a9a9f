// What an act leaves behind is counted rightly and said: closed lanes after a reshard, changes of a file dropped by an
// earlier one, and their way back.
import { readFileSync } from 'node:fs';
import { speed, untilModel, visitedBefore } from './steer.mjs';

export const name = 'acts: only open lanes are counted after a reshard; dropped changes are told and come back';

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const press = (label) => page.getByRole('button', { name: label, exact: true }).click();
  const setField = async (label, value) => {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press('Enter');
  };
  const save = async () => {
    await press('Files and reset');
    const [saved] = await Promise.all([page.waitForEvent('download'), press('Save this run as a file')]);
    return JSON.parse(readFileSync(await saved.path(), 'utf8'));
  };
  const open = async (file, label) => {
    await press('Files and reset');
    const buffer = Buffer.from(JSON.stringify(file));
    await page.locator('input[type=file]').setInputFiles({ name: label, mimeType: 'application/json', buffer });
    await page.getByText(`${label} is open.`).waitFor();
  };
  const notice = (text) => page.locator('.notice').filter({ hasText: text });

  // Ten lanes become twenty: ten are closed, and everything that counts lanes says twenty.
  await setField('Shards', '20');
  await speed(page, '10x');
  const stream = page.locator('#node-stream');
  await page.waitForFunction(() => document.querySelector('#node-stream').ariaLabel.includes('20 shards, 10 closed'),
    null, { timeout: 60_000 });
  await page.getByText('4 of 20 lanes refuse').waitFor();
  await page.waitForFunction(() => document.querySelector('main [role=status]').textContent.includes('Four of 20 shards'),
    null, { timeout: 20_000 });
  await press('Pause');
  await shot('resharded');
  await page.getByRole('tab', { name: 'Live' }).click();
  const grid = page.getByRole('grid', { name: 'Lanes' });
  assertEqual(await grid.getAttribute('aria-rowcount'), '31', 'all thirty lanes are listed');
  assertEqual(await grid.getByText('closed', { exact: true }).count(), 10, 'ten are said to be closed');
  await page.getByRole('button', { name: 'Why?' }).first().click();
  await page.locator('.why li').first().waitFor();
  const why = await page.locator('.why').innerText();
  assert(/lane \d+ of 20 owns/.test(why), `Why? says: ${why}`);
  await page.keyboard.press('Escape');
  assert((await stream.getAttribute('aria-label')).includes('20 shards, 10 closed'), 'and so does the stream');

  // A file with changes ahead: an act before them drops them, says so, and its undo brings them back.
  await press('Reset the scenario');
  const file = await save();
  const set = (second, at, field, value) => ({ at_us: second * 1e6, n: 0, edit: { set: { at, field, value } } });
  file.inputs = [set(200, 'stream', 'retention', '48h'), set(300, 'store-*', 'key', '{store}/till-{nn}')];
  delete file.end;
  await open(file, 'planned.json');
  await speed(page, '1x');
  await page.getByRole('tab', { name: 'Configure' }).click();
  await setField('Retention', '36h');
  await notice('2 later changes of the file were dropped.').waitFor();
  await shot('dropped');
  assertEqual((await save()).inputs.length, 1, 'the file then holds the act alone');
  await press('Undo');
  await notice('2 later changes are back.').waitFor();
  const inputs = (await save()).inputs.map((input) => Math.floor(input.at_us / 1e8));
  assertEqual(inputs, [0, 0, 2, 3], 'the act, its inverse, and both changes of the file');

  // A fault drops them too; they come back beside it.
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByLabel('Fault').selectOption({ index: 1 });
  await press('Start the fault');
  await notice('2 later changes of the file were dropped.').waitFor();
  await press('Bring them back');
  await notice('2 later changes are back.').waitFor();
  const kinds = (await save()).inputs.map((input) => (input.fault ? 'fault' : input.edit.set?.field ?? 'many'));
  assertEqual(kinds.slice(-3), ['fault', 'retention', 'key'], 'the fault stays, the changes are ahead of it');
  await untilModel(page, 1);
}
