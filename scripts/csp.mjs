// Makes the built page obey a strict content security policy: moves Trunk's inline bootstrap script into a file,
// refuses what would still be inline or of another origin, and writes the policy into the page.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'", // compiling WebAssembly counts as evaluation
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const dir = process.argv[2];
const file = join(dir, 'index.html');
let html = readFileSync(file, 'utf8');

html = html.replace(/<script type="module"[^>]*>([\s\S]*?)<\/script>/g, (whole, body) => {
  if (body.trim() === '') return whole;
  const name = `start-${createHash('sha256').update(body).digest('hex').slice(0, 16)}.js`;
  writeFileSync(join(dir, name), body.trim() + '\n');
  return `<script type="module" src="./${name}"></script>`;
});

const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
const charset = /<meta charset="[^"]*"\s*\/?>/i;
if (!charset.test(html)) fail('index.html has no <meta charset>, behind which the policy goes');
html = html.replace(charset, (found) => `${found}\n    ${meta}`);

const faults = [
  [/<script(?![^>]*\ssrc=)[^>]*>/i, 'an inline script: move it into a file'],
  [/<style[\s>]/i, 'an inline <style>: move it into static/css'],
  [/<[^>]+\sstyle=/i, 'a style attribute: use a class'],
  [/<[^>]+\son[a-z]+=/i, 'an event handler in an attribute: add a listener instead'],
  [/<(?:script|img|iframe)[^>]+src="(?:https?:)?\/\//i, 'a subresource of another origin: serve it from here'],
  [/<link(?![^>]*rel="(?:canonical|license|author|help)")[^>]+href="(?:https?:)?\/\//i,
    'a link to another origin: serve it from here'],
];
for (const [pattern, text] of faults) {
  const found = html.match(pattern);
  if (found) fail(`index.html holds ${text}\n  ${found[0]}`);
}
writeFileSync(file, html);

function fail(text) {
  console.error(`csp: ${text}`);
  process.exit(1);
}
