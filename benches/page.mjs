// What the page weighs before it plays, how soon it shows itself beside the minimal page, and what Lighthouse says.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotli } from './serve.mjs';

export const name = 'Page: size before the first play, first render, Lighthouse';

/** KB for the first services, how many those are, and for each more. */
const [FIRST_KB, FIRST_SERVICES, EACH_KB] = [220, 5, 8];
const [SETS, ROUNDS] = [5, 6];
/** So long after the first frame a visit has loaded all that it loads without being asked [ms]. */
const QUIET_MS = 6_000;
const LIGHTHOUSE = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };

export async function run(ctx) {
  const [page, minimal] = await Promise.all([ctx.serve(join(ctx.root, 'dist')), ctx.serve(join(ctx.out, 'minimal'))]);
  const browser = await ctx.browser();
  try {
    const figures = [...await size(ctx, browser, page, minimal), await firstRender(browser, page, minimal)];
    return [...figures, ...await lighthouse(ctx, page)];
  } finally {
    await browser.close();
    page.close();
    minimal.close();
  }
}

/** Until the stream of the first scenario, which plays by itself, has let a record in. */
const untilPlaying = (page) => page.waitForFunction(
  () => /Kept [1-9]/i.test(document.querySelector('#node-stream')?.ariaLabel ?? ''), null,
  { polling: 20, timeout: 30_000 });

/** All that a first visit loads until it has gone on for so long as `until` waits, and nobody has touched anything. */
async function loaded(browser, server, folder, until) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const paths = new Set();
  page.on('request', (request) => {
    if (request.url().startsWith(server.url)) paths.add(new URL(request.url()).pathname);
  });
  await page.goto(server.url, { waitUntil: 'load' });
  await mounted(page);
  await until(page);
  const asked = [...paths];
  await context.close();
  const files = [];
  for (const path of asked) {
    const body = await readFile(join(folder, path === '/' ? 'index.html' : decodeURIComponent(path)));
    files.push({ path, raw: body.length, packed: brotli(body).length });
  }
  return files.sort((a, b) => b.packed - a.packed);
}

const kb = (bytes) => bytes / 1_000;
const sum = (files, of) => kb(files.reduce((all, file) => all + file[of], 0));

async function size(ctx, browser, page, minimal) {
  const quiet = (tab) => tab.waitForTimeout(QUIET_MS);
  const own = await loaded(browser, page, join(ctx.root, 'dist'), untilPlaying);
  const whole = await loaded(browser, page, join(ctx.root, 'dist'), quiet);
  const least = await loaded(browser, minimal, join(ctx.out, 'minimal'), quiet);
  const services = (await readdir(join(ctx.root, 'static/text/en/services'))).length;
  const aim = FIRST_KB + EACH_KB * Math.max(0, services - FIRST_SERVICES);
  const kind = (ending) => `${ending} ${sum(own.filter(({ path }) => path.endsWith(ending)), 'packed').toFixed(1)}`;
  const rest = own.filter(({ path }) => !/\.(wasm|js|css)$/.test(path));
  const kinds = [...['wasm', 'js', 'css'].map(kind), `other ${sum(rest, 'packed').toFixed(1)}`].join(', ');
  for (const file of own) {
    const told = [file.raw, file.packed].map((bytes) => `${kb(bytes).toFixed(1).padStart(8)} KB`);
    ctx.say(`${file.path.padEnd(44)} ${told.join('')} brotli`);
  }
  return [
    {
      id: 'page-size', what: 'loaded before the first play, brotli', value: sum(own, 'packed'), unit: 'KB', aim,
      better: 'lower',
      note: `${services} services: ${FIRST_KB} KB and ${EACH_KB} KB for each after the first ${FIRST_SERVICES}. `
        + `${kinds} KB; raw ${sum(own, 'raw').toFixed(0)} KB in ${own.length} files.`,
    },
    {
      id: 'page-size-whole', what: 'loaded in the first seconds, brotli', value: sum(whole, 'packed'), unit: 'KB',
      aim: null, better: 'lower', note: 'With the second part of the page, which comes when the first play has begun.',
    },
    {
      id: 'page-size-minimal', what: 'the minimal Yew + plotters page, brotli', value: sum(least, 'packed'), unit: 'KB',
      aim: null, better: 'lower', note: `Raw ${sum(least, 'raw').toFixed(0)} KB.`,
    },
  ];
}

/** Runs in the page before anything else: notes when the app's own content is on the screen. */
function watch() {
  const seen = new MutationObserver(() => {
    if (!document.querySelector('#app #mounted, #app #stage')) return;
    seen.disconnect();
    // the frame in which it is painted has been handed over when the next but one begins
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { globalThis.__shown = performance.now(); };
      channel.port2.postMessage(null);
    });
  });
  seen.observe(document, { childList: true, subtree: true });
}

async function mounted(page) {
  await page.waitForFunction(() => document.querySelector('#app #mounted, #app #stage'), null, { timeout: 20_000 });
}

async function shown(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(server.url, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.__shown > 0, null, { timeout: 20_000 });
  const time = await page.evaluate(() => globalThis.__shown);
  await context.close();
  return time;
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

async function firstRender(browser, page, minimal) {
  const [own, least] = [[], []];
  for (const server of [page, minimal]) await shown(browser, server);
  for (let round = 0; round < SETS * ROUNDS; round += 1) {
    own.push(await shown(browser, page));
    least.push(await shown(browser, minimal));
  }
  return {
    id: 'first-render', what: 'first render / the minimal page', value: median(own) / median(least), unit: '', aim: 2,
    better: 'lower',
    note: `From the start of the navigation until the app's own content is painted, ${SETS * ROUNDS} fresh visits in `
      + `turn: ${median(own).toFixed(0)} ms against ${median(least).toFixed(0)} ms.`,
  };
}

/** Lighthouse as for a phone, on a server that compresses; the median of three runs of each category. */
async function lighthouse(ctx, server) {
  const peers = join(ctx.root, 'benches/peers/node_modules');
  const load = (path) => import(pathToFileURL(join(peers, path)));
  const { default: audit } = await load('lighthouse/core/index.js');
  const { launch } = await load('chrome-launcher/dist/index.js');
  const scores = {};
  const failed = new Map();
  for (let round = 0; round < 3; round += 1) {
    const chrome = await launch({
      chromePath: ctx.chromium, logLevel: 'silent',
      chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    try {
      const onlyCategories = Object.keys(LIGHTHOUSE);
      const options = { port: chrome.port, output: 'json', logLevel: 'silent', onlyCategories };
      const { lhr } = await audit(server.url, options);
      for (const [category, { score, auditRefs }] of Object.entries(lhr.categories)) {
        (scores[category] ??= []).push(Math.round(score * 100));
        for (const { id, weight } of auditRefs) {
          const { score: own, title, displayValue } = lhr.audits[id];
          if (weight === 0 || own === null || own >= 0.9) continue;
          failed.set(`${category}: ${title} ${displayValue ?? ''}`.trim(), own);
        }
      }
    } finally {
      await chrome.kill();
    }
  }
  for (const [what, score] of failed) ctx.say(`${what} (${score})`);
  return Object.entries(LIGHTHOUSE).map(([category, aim]) => ({
    id: `lighthouse-${category}`, what: `Lighthouse, mobile: ${category.replace('-', ' ')}`,
    value: median(scores[category]), unit: '', aim, better: 'higher',
    note: `Three runs: ${scores[category].join(', ')}.`,
  }));
}
