// Runs every *.test.mjs beside this file (or those whose name contains an argument) against dist/.
// A test file exports `name` and `async run({ page, base, shot, assert, ... })`; it may also export `context` (options of
// the browser context), `expectFaults` (it plants faults itself, and checks `faults` itself) and `hooked` (it needs the
// page of scripts/build-hooked.sh, which fails when it is told to).
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { OUT, ROOT, assert, assertEqual, launch, open, serve, settle, shots, visit } from './lib.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((file) => file.endsWith('.test.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

let passed = 0;
let failed = 0;
rmSync(OUT, { recursive: true, force: true });
const target = process.env.CARGO_TARGET_DIR || join(ROOT, 'target');
const server = await serve(process.env.MILLRACE_DIST || join(ROOT, 'dist'));
const browser = await launch();
for (const file of files) await runOne(file);
await browser.close();
server.stop();

if (passed + failed === 0) console.error('e2e: no test file was found, and a run of nothing proves nothing');
console.log(`e2e: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runOne(file) {
  const started = Date.now();
  let label = file;
  let opened;
  let hooked;
  try {
    const test = await import(pathToFileURL(join(here, file)));
    label = test.name ?? file;
    assert(typeof test.run === 'function', `${file} exports no run()`);
    if (test.hooked) hooked = await serve(join(target, 'hooked'), 'scripts/build-hooked.sh');
    const { origin, base } = hooked ?? server;
    opened = await open(browser, origin, test.context);
    const { context, page, faults } = opened;
    const shot = shots(page, file.replace('.test.mjs', ''));
    const another = (options) => open(browser, origin, options);
    const tools = { browser, context, page, faults, base, origin };
    await withLimit(test.run({ ...tools, another, shot, shots, visit, settle, assert, assertEqual }), test.limit);
    if (!test.expectFaults) assert(faults.length === 0, `the page reported:\n    ${faults.join('\n    ')}`);
    passed += 1;
    console.log(`  ok      ${label} (${Date.now() - started} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`  FAILED  ${label} (${file})\n    ${error.message}`);
    if (opened) await shots(opened.page, 'FAILED')(file).catch(() => {});
    for (const fault of opened?.faults ?? []) console.log(`    ${fault}`);
  } finally {
    await opened?.context.close();
    hooked?.stop();
  }
}

/** A test that hangs must fail, not hold the run. */
async function withLimit(work, seconds = 120) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${seconds} s`)), seconds * 1000);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
