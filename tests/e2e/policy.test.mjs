// The step that writes the content policy into the release page refuses what the policy would break.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lib.mjs';

export const name = 'the policy step refuses inline code and other origins';

const PLANTED = [
  ['<script>go()</script>', 'inline script'],
  ['<style>b { color: red }</style>', 'inline <style>'],
  ['<p style="color: red">x</p>', 'style attribute'],
  ['<p onclick="go()">x</p>', 'event handler'],
  ['<script src="https://other.example/a.js"></script>', 'another origin'],
  ['<img src="//other.example/a.png">', 'another origin'],
  ['<link rel="stylesheet" href="https://other.example/a.css">', 'another origin'],
];

export async function run({ assert }) {
  const clean = treat('<p>x</p><script type="module">go()</script>');
  assert(clean.status === 0, `a clean page was refused: ${clean.said}`);
  assert(clean.html.includes('Content-Security-Policy'), 'the policy is missing');
  assert(!clean.html.includes('go()') && clean.files.some((file) => /^start-.*\.js$/.test(file)),
    'the inline module was not moved into a file');
  for (const [body, words] of PLANTED) {
    const { status, said } = treat(body);
    assert(status !== 0 && said.includes(words), `not refused as ${words}: ${body}`);
  }
}

/** Runs the step on a page with this body. */
function treat(body) {
  const dir = mkdtempSync(join(tmpdir(), 'policy-'));
  const page = join(dir, 'index.html');
  writeFileSync(page, `<!doctype html><head><meta charset="utf-8"></head><body>${body}</body>`);
  try {
    execFileSync('node', [join(ROOT, 'scripts/csp.mjs'), dir], { stdio: 'pipe' });
    return { status: 0, said: '', html: readFileSync(page, 'utf8'), files: readdirSync(dir) };
  } catch (error) {
    return { status: error.status ?? 1, said: String(error.stderr) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
