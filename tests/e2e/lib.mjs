// The harness of the end-to-end tests: serves the built page from a sub-path, drives Chromium, and notes everything a
// reader of the page must never meet: a console error, a breach of the content policy, a request to another origin.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..');
export const OUT = join(HERE, 'out');

/** The page must work from any folder, so the tests never serve it from the root. */
export const SUB_PATH = '/some/folder/millrace/';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.json': 'application/json', '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8', '.csv': 'text/csv; charset=utf-8', '.png': 'image/png', '.woff2': 'font/woff2',
};

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Serves a folder below SUB_PATH on a free port, uncompressed. Returns its address and a way to stop. */
export async function serve(folder, build = 'make build') {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Error(`${folder} holds no index.html: run \`${build}\` first`);
  }
  const server = createServer(async (request, response) => {
    const refuse = (code) => response.writeHead(code, { 'content-type': 'text/plain' }).end(String(code));
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (!path.startsWith(SUB_PATH)) return refuse(404);
    let file = normalize(join(folder, path.slice(SUB_PATH.length)));
    if (file !== normalize(folder) && !file.startsWith(normalize(folder + sep))) return refuse(404);
    try {
      if ((await stat(file)).isDirectory()) file = join(file, 'index.html');
      const body = await readFile(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    } catch {
      refuse(404);
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, base: origin + SUB_PATH, stop: () => server.close() };
}

/** Starts the installed browser; nothing is downloaded. */
export async function launch() {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** Opens a page in a context of its own and collects in `faults` what must not happen on it. */
export async function open(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console error: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    const text = request.failure()?.errorText;
    // who leaves within the first seconds does not wait for the page's second part
    if (text === 'net::ERR_ABORTED' && request.url().endsWith('_later.wasm')) return;
    faults.push(`failed: ${request.url()} ${text}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^(data|blob|about):/.test(url)) return;
    if (new URL(url).origin !== origin) faults.push(`another origin: ${url}`);
  });
  // Violations are also reported as events; a violation in a frame or worker may never reach the console.
  await page.exposeFunction('__breach', (text) => faults.push(`content policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.__breach(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
    });
  });
  return { context, page, faults };
}

/** Goes to the page and waits until it has drawn itself over the static loading text. */
export async function visit(page, address) {
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.wasmBindings !== undefined && !document.querySelector('main.loading'), null,
    { timeout: 20_000 });
  // the first frames lay out, draw and play, one after the other
  await settle(page);
  await settle(page);
}

/** Two animation frames: what was asked for is drawn. */
export async function settle(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** A function that saves numbered screenshots of one test into tests/e2e/out/. */
export function shots(page, test) {
  let number = 0;
  return async (label) => {
    await mkdir(OUT, { recursive: true });
    number += 1;
    const name = `${test}-${String(number).padStart(2, '0')}-${label}.png`.replace(/[^\w.-]+/g, '-');
    // `caret: initial`: hiding the caret adds a style element, which the content policy forbids.
    await page.screenshot({ path: join(OUT, name), caret: 'initial' });
    return name;
  };
}

export function assert(condition, text) {
  if (!condition) throw new Error(text);
}

export function assertEqual(actual, expected, text = 'values differ') {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${text}: expected ${e}, found ${a}`);
}
