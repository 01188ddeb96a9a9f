// A person's own trace, opened or dropped, drives the run; a bad file says where it is bad and changes nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib.mjs';
import { speed, visitedBefore } from './steer.mjs';

export const name = 'a trace is opened and dropped; a bad one names line and column';
export const limit = 180;

const REAL = join(ROOT, '..', 'shared', 'traces', 'elb_request_count.csv');

const GOOD = ['t_s,value', ...Array.from({ length: 48 }, (_, i) => `${i * 300},${100 + (i % 12) * 40}`)].join('\n');
const BAD = 't_s,value\n0,100\n300,many\n600,120\n';

const file = (fileName, text) => ({ name: fileName, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function drop(page, fileName, text) {
  const data = await page.evaluateHandle(([fileName, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], fileName, { type: 'text/csv' }));
    return data;
  }, [fileName, text]);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await page.locator('.dropzone').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}

export async function run({ context, page, base, shot, visit, assert, assertEqual }) {
  await visitedBefore(context);
  await visit(page, base);
  const scenario = () => page.locator('#scenario-button').getAttribute('data-scenario');

  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.locator('input[type=file]').setInputFiles(file('bad.csv', BAD));
  const alert = page.locator('.notice.bad');
  await alert.waitFor();
  const told = await alert.innerText();
  await shot('bad-file');
  for (const part of ['Line 3', 'value', 'many', 'stays as it was']) {
    assert(told.includes(part), `"${part}" is missing in: ${told}`);
  }
  assertEqual(await scenario(), 'black-friday', 'the scenario after a bad file');
  assert(await page.locator('#node-store-001').count() === 1, 'the design stays');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Files and reset' }).click();
  await page.locator('input[type=file]').setInputFiles(file('mine.csv', GOOD));
  await page.locator('#node-trace').waitFor({ state: 'attached' });
  assertEqual(await scenario(), 'trace', 'the scenario after a good file');
  await shot('opened');

  await drop(page, 'dropped.csv', GOOD);
  await page.getByText('dropped.csv is open.').waitFor();
  await speed(page, '3,600x');
  await page.waitForFunction(() => /Data go to stream/.test(document.querySelector('#node-trace').ariaLabel));
  await shot('dropped');

  if (!existsSync(REAL)) {
    console.log('    real trace: not run');
    return;
  }
  await drop(page, 'elb_request_count.csv', readFileSync(REAL, 'utf8'));
  await page.getByText('elb_request_count.csv is open.').waitFor();
  await speed(page, '100,000x');
  await page.waitForFunction(() => {
    const made = [...document.querySelectorAll('.ledger dd')][0];
    return made && Number(made.textContent.replaceAll(',', '')) > 1_000_000;
  }, null, { timeout: 60_000 });
  await shot('real-trace');
}
