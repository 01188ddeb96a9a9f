// `make bench`: runs each part, prints the table of figures, keeps it in target/bench/figures.json and writes it into
// the README. `node benches/run.mjs PART...` runs single parts and leaves the README alone; with `--readme` in front it
// writes those parts into it, and names the others as not run.
//
// A part is a file beside this one that exports `name` and `async run(ctx)`, which gives an array of figures
//   { id, what, value, unit, aim, better: 'higher' | 'lower', note }
// with numbers in `value` and `aim` (null: only told). Every figure that has an aim and is no absolute time is a ratio
// taken in one run with its baseline in turn. What a part is given:
//   root      folder of the repository
//   out       target/bench, for whatever was built for a part
//   chromium  path of the browser
//   browser() starts it with the arguments that the end-to-end tests use; whoever starts it closes it
//   serve(folder) -> { url, close }  an isolated origin, so that clocks are exact
//   say(text) one line of progress
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from '../tests/e2e/lib.mjs';
import { serve } from './serve.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..');
const OUT = join(ROOT, 'target', 'bench');

/** The parts in the order in which they stand in the table. */
const PARTS = ['models', 'kinesalite', 'drawing', 'page', 'frames', 'travel', 'scale'];

const ctx = {
  root: ROOT,
  out: OUT,
  chromium: process.env.CHROMIUM || '/usr/bin/chromium',
  browser: launch,
  serve,
  say: (text) => console.log(`  ${text}`),
};

/** A number with three digits that count. */
function number(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6) return `${number(value / 1e6)} M`;
  if (size >= 1e4) return `${Math.round(value / 1e3)} k`;
  return String(Number(value.toPrecision(3)));
}

const told = (value, unit) => [number(value), unit].filter(Boolean).join(' ');

/** How a figure stands to its aim. */
function verdict({ value, aim, better }) {
  if (aim === null || aim === undefined) return '';
  if (better === 'higher' ? value >= aim : value <= aim) return 'met';
  return `missed by ${(better === 'higher' ? aim / value : value / aim).toFixed(2)}x`;
}

function row(figure) {
  const { value, unit, aim, better } = figure;
  const bound = aim === null || aim === undefined ? '' : `${better === 'higher' ? '≥' : '≤'} ${told(aim, unit)}`;
  return [figure.what, told(value, unit), bound, verdict(figure)];
}

/** The table as Markdown, with the notes below it. */
function table(figures) {
  const notes = [];
  const lines = figures.map((figure) => {
    const [what, seen, aim, met] = row(figure);
    const mark = figure.note ? ` (${notes.push(figure.note)})` : '';
    return `| ${what}${mark} | ${seen} | ${aim} | ${met} |`;
  });
  const below = notes.map((note, ix) => `${ix + 1}. ${note}`);
  return ['| figure | seen | aim | |', '|---|---|---|---|', ...lines, '', ...below].join('\n').trimEnd();
}

function ask(program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'not known';
  }
}

/** Date and machine, without which figures say nothing. */
function machine() {
  const [cpu] = cpus();
  const browser = ask(ctx.chromium, '--version').match(/[\d.]+/)?.[0] ?? 'not known';
  return `${new Date().toISOString().slice(0, 10)}; ${cpu.model.trim()}, ${cpus().length} cores; Chromium ${browser} ` +
    `headless; ${ask('rustc', '--version').replace(/ \(.*/, '')}; Node ${process.versions.node}`;
}

const BEGIN = '<!-- figures:begin -->';
const END = '<!-- figures:end -->';

async function intoReadme(text) {
  const path = join(ROOT, 'README.md');
  const readme = await readFile(path, 'utf8');
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md lacks ${BEGIN} and ${END}`);
  await writeFile(path, `${readme.slice(0, from)}${BEGIN}\n${text}\n${readme.slice(to)}`);
}

async function main(given) {
  const kept = given[0] === '--readme';
  const wanted = kept ? given.slice(1) : given;
  await mkdir(OUT, { recursive: true });
  const figures = [];
  let broken = 0;
  for (const part of wanted.length ? wanted : PARTS) {
    const path = join(HERE, `${part}.mjs`);
    if (!existsSync(path)) throw new Error(`there is no part ${part}`);
    const { name, run } = await import(pathToFileURL(path));
    console.log(`${name}`);
    const begun = Date.now();
    try {
      const found = await run(ctx);
      for (const figure of found) {
        const [what, seen, aim, met] = row(figure);
        console.log(`  ${what.padEnd(70)} ${seen.padStart(14)}  ${aim.padEnd(14)} ${met}`);
      }
      figures.push(...found.map((figure) => ({ part, ...figure })));
    } catch (error) {
      broken += 1;
      console.error(`  ${part} broke: ${error.stack}`);
    }
    console.log(`  (${Math.round((Date.now() - begun) / 1000)} s)`);
  }
  const when = machine();
  if ((!wanted.length || kept) && !broken) {
    await writeFile(join(OUT, 'figures.json'), `${JSON.stringify({ when, figures }, null, 1)}\n`);
    const left = PARTS.filter((part) => wanted.length > 0 && !wanted.includes(part));
    const lack = left.length > 0 ? ` Not run then: ${left.join(', ')}.` : '';
    await intoReadme(`Measured ${when}.${lack}\n\n${table(figures)}`);
  } else if (figures.length) {
    console.log(`\n${when}\n\n${table(figures)}`);
  }
  if (broken) process.exit(1);
}

await main(process.argv.slice(2));
