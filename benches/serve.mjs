// Serves a folder on a free port of 127.0.0.1 to the browser that measures: isolated from other origins, so that
// `performance.now()` is exact to 5 us, and with brotli where the browser takes it, as a good web server would.
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8', '.csv': 'text/csv; charset=utf-8', '.png': 'image/png',
};

/** Bytes as a web server sends them at its best setting, which is what sizes are told in. */
export function brotli(body) {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
}

/** The same, kept on disk by content: the best setting takes seconds for a large file. */
async function packedOnce(plain) {
  const folder = join(tmpdir(), 'millrace-bench-packed');
  const path = join(folder, createHash('sha256').update(plain).digest('hex'));
  try {
    return await readFile(path);
  } catch {
    const packed = brotli(plain);
    await mkdir(folder, { recursive: true });
    await writeFile(path, packed);
    return packed;
  }
}

/** Serves `folder`; gives its address (ending in a slash) and a way to stop. */
export async function serve(folder) {
  const packed = new Map(); // compressed once, so that compression is no part of a measurement
  const body = async (file, squeeze) => {
    const key = `${file}:${squeeze}`;
    if (!packed.has(key)) {
      const plain = await readFile(file);
      packed.set(key, squeeze ? await packedOnce(plain) : plain);
    }
    return packed.get(key);
  };
  const server = createServer(async (request, response) => {
    const refuse = (code) => response.writeHead(code, { 'content-type': 'text/plain' }).end(String(code));
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    let file = normalize(join(folder, path));
    if (file !== normalize(folder) && !file.startsWith(normalize(folder + sep)) && path !== '/') return refuse(404);
    try {
      if ((await stat(file)).isDirectory()) file = join(file, 'index.html');
      const squeeze = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') && extname(file) !== '.png';
      const headers = {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
      };
      if (squeeze) headers['content-encoding'] = 'br';
      const sent = await body(file, squeeze);
      response.writeHead(200, headers).end(sent);
    } catch {
      refuse(404);
    }
  });
  for (const name of await readdir(folder)) {
    if (extname(name) === '.wasm') await body(join(folder, name), true);
  }
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  return { url, close: () => (server.closeAllConnections?.(), server.close()) };
}
