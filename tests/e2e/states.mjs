// The states of the page that screens.test.mjs looks at, each reached from the freshly loaded page.
// To have a new panel or dialog checked, add a line: `reach` brings the page there.
import { openAct, speed, untilModel } from './steer.mjs';

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
  const strip = page.locator('.foot .line').getByRole('button', { name, exact: true });
  if (await strip.getAttribute('aria-expanded') === 'false') await strip.click();
};

/** An act at a second, with a tab of one of its parts open. */
const of = (scenario, act, second, part, name) => async (page) => {
  await visited(page);
  await openAct(page, scenario, act);
  await speed(page, second > 10 ? '60x' : '10x');
  await untilModel(page, second);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.locator(`#node-${part}`).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name }).click();
};
/** An act at its end, with the ledger open. */
const over = async (page, scenario, act) => {
  await visited(page);
  await openAct(page, scenario, act);
  await speed(page, '600x');
  await page.locator('.notice').filter({ hasText: 'The act is over' }).waitFor({ timeout: 60_000 });
  if (await page.locator('.ledger').count() === 0) {
    await page.locator('.foot .line').getByRole('button', { name: 'Ledger', exact: true }).click();
  }
  await page.locator('.ledger').waitFor();
};
/** A part of the ledger, where they do not all stand side by side. */
const part = async (page, name) => {
  const button = page.getByRole('button', { name, exact: true });
  if (await button.isVisible()) await button.click();
};

/** Runs a command by its name. */
const command = async (page, text) => {
  await page.keyboard.press('Control+k');
  await page.locator('#command-field').fill(text);
  await page.getByRole('option', { name: text }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.commands').waitFor({ state: 'detached' });
};
/** An empty start with some services on it, each put down where it is proposed. */
const started = async (page, start, services) => {
  await visited(page);
  await command(page, start);
  await page.locator('.tasks').waitFor();
  for (const service of services) {
    const before = await page.locator('.mirror button').count();
    await command(page, `Add: ${service}`);
    if (await page.locator('#place-here').count() > 0) await page.locator('#place-here').press('Enter');
    await page.waitForFunction((n) => document.querySelectorAll('.mirror button').length > n, before);
  }
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
      await page.getByText('Lambda reads the stream for you').waitFor();
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
  { name: 'an added chart',
    reach: async (page) => {
      await foot('Charts')(page);
      await page.locator('#chart-add').click();
      await page.locator('.chooser select').nth(1).selectOption({ label: 'WriteProvisionedThroughputExceeded' });
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.locator('.chart.added-1 .figs').filter({ hasText: '/s' }).waitFor();
      await page.getByRole('button', { name: 'Save Throughput' }).click();
    } },
  { name: 'a chart to choose',
    reach: async (page) => {
      await foot('Charts')(page);
      await page.locator('#chart-add').click();
      await page.locator('.chooser select').nth(1).waitFor();
    } },
  { name: 'a zoomed chart',
    reach: async (page) => {
      await foot('Charts')(page);
      await page.locator('#chart-throughput-cursor').focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('+');
      await page.getByRole('button', { name: 'Whole run' }).waitFor();
    } },
  { name: 'cost',
    reach: async (page) => {
      await visited(page);
      await openAct(page, 'live-inventory', 'swallowed');
      await speed(page, '60x');
      await untilModel(page, 20);
      await pause(page);
      if (await page.locator('.ledger').count() === 0) {
        await page.locator('.foot .line').getByRole('button', { name: 'Ledger', exact: true }).click();
      }
      await page.locator('.parts').getByRole('button', { name: 'Cost', exact: true }).click();
      await page.locator('.costs').waitFor();
    } },
  { name: 'cost alone',
    reach: async (page) => {
      await foot('Ledger')(page);
      const charts = page.locator('.foot .line').getByRole('button', { name: 'Charts', exact: true });
      if (await charts.getAttribute('aria-expanded') === 'true') await charts.click();
      await page.locator('.panels.alone').waitFor();
    } },
  { name: 'sums in a line',
    reach: async (page) => {
      await foot('Charts')(page);
      const ledger = page.locator('.foot .line').getByRole('button', { name: 'Ledger', exact: true });
      if (await ledger.getAttribute('aria-expanded') === 'true') await ledger.click();
      await page.locator('.sums-line').waitFor();
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
  { name: 'scenarios',
    reach: async (page) => {
      await visited(page);
      await page.locator('#scenario-button').click();
      await page.locator('.scene-menu').waitFor();
    } },
  { name: 'a polling wire', reach: of('first-light', 'store-key', 9, 'stream-to-checkout', 'Configure') },
  { name: 'a function', reach: of('live-inventory', 'whole-batch', 30, 'inventory', 'Live') },
  { name: 'a database table', reach: of('live-inventory', 'swallowed', 20, 'stock', 'Live') },
  { name: 'code of a function', reach: of('live-inventory', 'swallowed', 5, 'inventory', 'Code') },
  { name: 'a queue', reach: of('live-inventory', 'swallowed', 5, 'dead-letters', 'Live') },
  { name: 'a mapping', reach: of('live-inventory', 'partial-response', 5, 'stream-to-inventory', 'Live') },
  { name: 'many readers', reach: of('card-fraud', 'five-readers', 20, 'stream', 'Configure') },
  { name: 'a throttled table', reach: of('throttled-writer', 'full-jitter', 30, 'accounts', 'Live') },
  { name: 'what came out',
    reach: async (page) => {
      await over(page, 'live-inventory', 'partial-response');
      await part(page, 'What came out');
    } },
  { name: 'keys that differ',
    reach: async (page) => {
      await over(page, 'account-balance', 'unconditional');
      await part(page, 'Differences');
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
  { name: 'an empty shop', reach: (page) => started(page, 'Open an empty shop', []) },
  { name: 'an empty bank with parts', reach: (page) => started(page, 'Open an empty bank', ['Card terminals', 'Lambda']) },
  { name: 'services',
    reach: async (page) => {
      await started(page, 'Open an empty shop', []);
      for (const opener of ['#palette-open', '#services-open']) {
        if (await page.locator(opener).isVisible()) await page.locator(opener).click();
      }
      await page.locator('.palette-list').waitFor();
    } },
  { name: 'placing',
    reach: async (page) => {
      await started(page, 'Open an empty shop', ['Store tills']);
      await command(page, 'Add: Kinesis');
    } },
  { name: 'where a wire can lead',
    reach: async (page) => {
      await started(page, 'Open an empty shop', ['Kinesis Data Streams', 'Lambda', 'DynamoDB table', 'Store tills']);
      await page.locator('#node-stream').focus();
      await page.keyboard.press('w');
      await page.locator('.joins').waitFor();
    } },
  { name: 'the menu of a part',
    reach: async (page) => {
      await inspector(page);
      await page.locator('#node-stream').focus();
      await page.keyboard.press('Shift+F10');
      await page.locator('.part-menu').waitFor();
    } },
  { name: 'all commands',
    reach: async (page) => {
      await inspector(page);
      await page.keyboard.press('Control+k');
      await page.locator('#command-field').waitFor();
    } },
  { name: 'several chosen',
    reach: async (page) => {
      await inspector(page);
      await page.locator('#node-stream').focus();
      await page.keyboard.press('Control+a');
    } },
  { name: 'recent files',
    reach: async (page) => {
      await visited(page);
      await page.getByRole('button', { name: 'Files and reset' }).click();
      await Promise.all([page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save this run as a file' }).click()]);
      await page.getByRole('button', { name: 'Files and reset' }).click();
      await page.locator('.recent').waitFor();
    } },
];
