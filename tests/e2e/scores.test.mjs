// "How exact is it?" shows the counts that came with the page, and says so where they did not come or are broken.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib.mjs';
import { visitedBefore } from './steer.mjs';

export const name = 'how exact: the counts by topic, witness and source; a missing or broken file is said';

export async function run({ context, page, another, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  const open = async (at) => {
    await visit(at, base);
    await at.getByRole('button', { name: 'Files and reset' }).click();
    await at.getByRole('button', { name: 'How exact is it?' }).click();
    return at.getByRole('dialog', { name: 'How exact is it?' });
  };
  const dialog = await open(page);
  await dialog.getByRole('table').first().waitFor();
  const board = JSON.parse(readFileSync(join(ROOT, 'static/scoreboard.json'), 'utf8'));
  const rows = async (table) => Promise.all((await dialog.locator('table').nth(table).locator('tbody tr').all())
    .map(async (row) => (await row.locator('td').allTextContents()).map((text) => Number(text.replaceAll(',', '')))));
  const counts = (of) => [of.passed, of.failed, of.known_disagreements, of.not_expressible];
  const sum = (lines) => lines.reduce((all, line) => all.map((n, i) => n + line[i]), [0, 0, 0, 0]);
  const topics = await rows(0);
  assertEqual(topics.length, board.tables.length, 'a row a topic');
  assertEqual(sum(topics), counts(board.total), 'the topics add up to the total of the file');
  assertEqual(sum(await rows(1)), counts(board.total), 'and so do the witnesses');
  assertEqual(sum(await rows(2)), counts(board.total), 'and the sources');
  const text = await dialog.innerText();
  const total = board.total.total.toLocaleString('en-US');
  assert(text.includes(`${total} such cases`), `the sentence lacks ${total}: ${text.slice(0, 300)}`);
  assert(!/\[[a-z.]+\]/.test(text), `a word is missing: ${text.match(/\[[a-z.]+\]/)}`);
  await shot('counts');
  await dialog.getByText('By source').click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  for (const [what, answer, said] of [
    ['missing', { status: 404, body: 'no' }, 'did not come with this page'],
    ['broken', { status: 200, body: '{"tables": [{"topic": "x"}]}' }, 'cannot be read'],
    ['no JSON', { status: 200, body: '<html>' }, 'cannot be read'],
  ]) {
    const other = await another({});
    await visitedBefore(other.context);
    await other.page.route('**/scoreboard.json', (route) => route.fulfill(answer));
    const sheet = await open(other.page);
    await sheet.getByText(said).waitFor();
    const faults = other.faults.filter((fault) => !fault.includes('scoreboard.json'));
    assertEqual(faults, [], `the page reported, with the file ${what}`);
    await other.context.close();
  }
}
