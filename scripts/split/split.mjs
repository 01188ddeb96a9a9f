// Splits the release page's module in two, so that the first play waits for no more than it needs: plays the page in a
// browser for some seconds with a module that notes which functions run, keeps those in the first module, and puts the
// rest into a second one that comes by itself soon after. Nothing else changes: where a function of the second is
// wanted earlier, it is loaded at once.
//
//   node scripts/split/split.mjs FOLDER    FOLDER holds index.html, page-*.js and page-*_bg.wasm as Trunk made them
//
// Without a browser the page stays in one piece, and it is said.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linked } from './data.mjs';
import { noting, plain, split } from './parts.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const E2E = join(HERE, '../../tests/e2e/');

/** The module as the linker left it. */
const LINKED = join(process.env.CARGO_TARGET_DIR || join(HERE, '../../target'), 'wasm32-unknown-unknown/release/page.wasm');

/** First visits that are played: a wide and a narrow screen, light and dark, and one who comes again. */
const VISITS = [
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light', again: true },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, again: false },
];
/** How long each plays [ms]: until the second module is there on most lines. */
const PLAY_MS = 2_000;
/** When the second module is fetched after the first has begun, if nothing asks for it before [ms]. */
const SOON_MS = 1_200;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml' };

const say = (text) => console.log(`split: ${text}`);

function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    try { return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(); } catch { /* the next */ }
  }
  return null;
}

function driver() {
  try { return createRequire(E2E)('playwright-core').chromium; } catch { return null; }
}

/** Serves a folder on a free port of this machine. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://here').pathname;
    try {
      const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
      const body = readFileSync(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain; charset=utf-8' });
      response.end(body);
    } catch { response.writeHead(404).end(); }
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Plays one visit in a page that notes what ran; the numbers of the functions. */
async function visit(browser, url, { again, ...options }) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const ran = new Set();
  for (let time = 0; time < (again ? 2 : 1); time += 1) {
    await page.goto(url);
    await page.waitForFunction(() => /Kept [1-9]/i.test(document.querySelector('#node-stream')?.ariaLabel ?? ''), null,
      { timeout: 60_000 });
    await page.waitForTimeout(PLAY_MS);
    const seen = await page.evaluate(() => Object.entries(globalThis.millraceParts.exports)
      .filter(([name, value]) => name.startsWith('ran') && value.value === 1).map(([name]) => Number(name.slice(3))));
    seen.forEach((ix) => ran.add(ix));
  }
  await context.close();
  return ran;
}

/** Which functions the first play needs. */
async function played(folder, names, bytes, executablePath, chromium) {
  const copy = mkdtempSync(join(tmpdir(), 'millrace-split-'));
  try {
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, names.wasm), noting(bytes));
    const glue = readFileSync(join(copy, names.js), 'utf8');
    writeFileSync(join(copy, names.js), put(glue, FINISH, (text) => `${text}\n    globalThis.millraceParts = instance;`));
    const html = readFileSync(join(copy, 'index.html'), 'utf8');
    writeFileSync(join(copy, 'index.html'), html.replace(/ integrity="[^"]*"/g, ''));
    const server = await serve(copy);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
    const ran = new Set();
    for (const one of VISITS) for (const ix of await visit(browser, server.url, one)) ran.add(ix);
    await browser.close();
    server.close();
    return ran;
  } finally { rmSync(copy, { recursive: true, force: true }); }
}

/** Places in the glue that wasm-bindgen writes. */
const FINISH = /function __wbg_finalize_init\(instance, module\) \{/;
const IMPORTS = /const imports = __wbg_get_imports\(\);/g;

function put(glue, place, change) {
  if (glue.search(place) < 0) throw new Error(`the glue has no place like ${place}: another version of wasm-bindgen?`);
  return glue.replace(place, change);
}

/** The glue that answers `load` of the first module, and fetches the second one soon after the start. */
function joined(glue, file) {
  const withImports = put(glue, IMPORTS, () => 'const imports = later.of(__wbg_get_imports());');
  return `${put(withImports, FINISH, (text) => `${text}\n    later.begin(instance);`)}
const later = (() => {
    const url = new URL('${file}', import.meta.url);
    let imports;
    let first;
    let there = false;
    const give = () => ({ ...imports, first: first.exports });
    const come = () => { there = true; first.exports.later.value = 1; };
    // At once, since a function that runs cannot wait.
    const load = () => {
        if (there) return;
        const request = new XMLHttpRequest();
        request.open('GET', url, false);
        request.overrideMimeType('text/plain; charset=x-user-defined');
        request.send();
        if (request.status !== 200) throw new Error('A part of the page could not be loaded. Load the page again.');
        const bytes = Uint8Array.from(request.responseText, (char) => char.charCodeAt(0) & 255);
        new WebAssembly.Instance(new WebAssembly.Module(bytes), give());
        come();
    };
    const soon = async () => {
        const response = await fetch(url);
        if (!response.ok) return;
        const module = await WebAssembly.compile(await response.arrayBuffer());
        if (there) return;
        await WebAssembly.instantiate(module, give());
        come();
    };
    let asked = false;
    const ask = () => { if (!asked) { asked = true; soon().catch(() => {}); } };
    return {
        of(own) { imports = own; return { ...own, later: { load } }; },
        begin(instance) {
            first = instance;
            for (const event of ['pointerdown', 'keydown', 'dragenter']) addEventListener(event, ask, { capture: true, once: true });
            setTimeout(ask, ${SOON_MS});
        },
    };
})();
`;
}

/** Writes a file whose digest index.html names. */
function rewrite(folder, file, content) {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const digest = (of) => `sha384-${createHash('sha384').update(of).digest('base64')}`;
  const old = digest(readFileSync(join(folder, file)));
  if (html.includes('integrity=') && !html.includes(old)) throw new Error(`index.html does not name the digest of ${file}`);
  writeFileSync(join(folder, file), content);
  writeFileSync(join(folder, 'index.html'), html.replaceAll(old, digest(content)));
}

async function main(folder) {
  const files = readdirSync(folder);
  const names = { wasm: files.find((name) => /^page-.*_bg\.wasm$/.test(name)), js: files.find((name) => /^page-.*\.js$/.test(name)) };
  const [executablePath, chromium] = [browserPath(), driver()];
  const bytes = new Uint8Array(readFileSync(join(folder, names.wasm)));
  if (!executablePath || !chromium) {
    rewrite(folder, names.wasm, plain(bytes));
    say('no browser here: the page stays in one piece');
    return;
  }
  const ran = await played(folder, names, bytes, executablePath, chromium);
  const known = existsSync(LINKED) ? linked(new Uint8Array(readFileSync(LINKED))) : null;
  if (!known) say(`the linker did not say what points to what (${LINKED}): all constants stay`);
  const { first, later, kept, of, moved } = split(bytes, ran, known);
  const file = names.wasm.replace('_bg.wasm', '_later.wasm');
  writeFileSync(join(folder, file), later);
  rewrite(folder, names.wasm, first);
  rewrite(folder, names.js, joined(readFileSync(join(folder, names.js), 'utf8'), file));
  say(`${kept} of ${of} functions in the first module of ${first.length} bytes, the rest, and ${moved} bytes of `
    + `constants, in ${later.length}`);
}

await main(process.argv[2]);
