// The states of the page that screens.test.mjs looks at, each reached from the freshly loaded page.
// To have a new panel or dialog checked, add a line: `reach` brings the page there.
import { speed, untilModel } from './steer.mjs';

const visited = async (page) => {
  // what an earlier state of the same browser was is one too
  const before = await page.evaluate(() => localStorage.getItem('millrace.visited'));
  if (before !== 'yes') {
    await page.evaluate(() => localStorage.setItem('millrace.visited', 'yes'));
    await page.reload();
  }
  await page.locator('.mirror button').first().waitFor({ state: 'attached' });
};
const pause = (page) => page.getByRole('button', { name: 'Pause' }).click();
const inspector = async (page) => {
  await visited(page);
  await speed(page, '10x');
  await untilModel(page, 8.5);
  const strip = page.getByRole('button', { name: 'Inspector', exact: true });
  if (await strip.isVisible()) await strip.click();
  await page.getByRole('tab', { name: 'Configure' }).waitFor();
  await pause(page);
};
const tab = (name) => async (page) => {
  await inspector(page);
  await page.getByRole('tab', { name }).click();
};
const foot = (name) => async (page) => {
  await visited(page);
  await speed(page, '10x');
  await untilModel(page, 8.5);
  await pause(page);
  const strip = page.getByRole('button', { name, exact: true });
  if (await strip.getAttribute('aria-expanded') === 'false') await strip.click();
};

export const STATES = [
  { name: 'start', reach: (page) => page.evaluate(() => localStorage.clear()) },
  { name: 'refused',
    reach: async (page) => {
      await speed(page, '5x');
      await page.getByText('A third of the sales are refused.').waitFor();
      await pause(page);
    } },
  { name: 'forecast',
    reach: async (page) => {
      await speed(page, '10x');
      await page.getByRole('button', { name: 'Another key' }).waitFor();
      await pause(page);
    } },
  { name: 'cured',
    reach: async (page) => {
      await speed(page, '10x');
      await page.getByRole('button', { name: 'Another key' }).click();
      await page.locator('.figures').waitFor();
    } },
  { name: 'configure', reach: inspector },
  { name: 'about a field',
    reach: async (page) => {
      await inspector(page);
      await page.getByRole('button', { name: 'About Shards' }).click();
    } },
  { name: 'a refused value',
    reach: async (page) => {
      await inspector(page);
      await page.getByLabel('Shards', { exact: true }).fill('99999999');
      await page.keyboard.press('Enter');
      await page.locator('.field .error').waitFor();
    } },
  { name: 'wire',
    reach: async (page) => {
      await inspector(page);
      await page.locator('#node-stream-to-checkout').focus();
      await page.keyboard.press('Enter');
      await page.getByText('asks each shard for records').waitFor();
    } },
  { name: 'live', reach: tab('Live') },
  { name: 'learn',
    reach: async (page) => {
      await tab('Learn')(page);
      await page.locator('.learn').waitFor();
    } },
  { name: 'code', reach: tab('Code') },
  { name: 'why',
    reach: async (page) => {
      await inspector(page);
      await page.getByRole('button', { name: 'Why?' }).click();
      await page.locator('.why li').first().waitFor();
    } },
  { name: 'charts', reach: foot('Charts') },
  { name: 'a table',
    reach: async (page) => {
      await foot('Charts')(page);
      await page.getByRole('button', { name: 'Throughput as a table' }).click();
      await page.getByRole('table').waitFor();
    } },
  { name: 'ledger', reach: foot('Ledger') },
  { name: 'how exact',
    reach: async (page) => {
      await visited(page);
      await page.getByRole('button', { name: 'Files and reset' }).click();
      await page.getByRole('button', { name: 'How exact is it?' }).click();
      await page.getByRole('table').first().waitFor();
    } },
  { name: 'a branch',
    reach: async (page) => {
      await visited(page);
      await speed(page, '5x');
      await untilModel(page, 9);
      await page.getByRole('slider', { name: 'Timeline' }).focus();
      await page.keyboard.press('PageDown');
      await page.locator('#node-store-001').focus();
      await page.keyboard.press('Enter');
      const key = page.getByLabel('Key template', { exact: true });
      await key.fill('{store}/till-{nn}');
      await key.press('Enter');
      await page.getByText('a new branch begins here').waitFor();
    } },
  { name: 'menu',
    reach: async (page) => {
      await visited(page);
      await page.getByRole('button', { name: 'Files and reset' }).click();
    } },
  { name: 'keys',
    reach: async (page) => {
      await visited(page);
      await page.getByRole('button', { name: 'Keys', exact: true }).click();
      await page.locator('dialog').waitFor();
    } },
  { name: 'a bad file',
    reach: async (page) => {
      await visited(page);
      await page.getByRole('button', { name: 'Files and reset' }).click();
      await page.locator('input[type=file]').setInputFiles(
        { name: 'design.json', mimeType: 'application/json', buffer: Buffer.from('{"format": 1, "nodes": 7}') });
      await page.locator('.notice.bad').waitFor();
    } },
];
