// What a person would run in the place of the page: kinesalite, a Kinesis on the own machine. Records a second that a
// client puts into it over HTTP, beside what the page's engine plays in Chromium; and its start beside the page's.
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { median, page } from './models.mjs';

export const name = 'kinesalite';

const ROUNDS = 9;
const STARTS = 5;
const CALLS = 40;
const RECORDS = 500;
const SHARDS = 4;
/** Seconds of Black Friday a round, and of the stream that one client fills: about as long as the peer's calls. */
const SECONDS = 60;
const STREAM_SECONDS = 1_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** A free port; kinesalite takes one by its number. */
const PORT = 14567;

/** One call of the API; kinesalite looks whether there is a signature, not whether it is right. */
function call(agent, operation, body) {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/x-amz-json-1.1', 'content-length': Buffer.byteLength(text),
    'x-amz-target': `Kinesis_20131202.${operation}`, 'x-amz-date': '20261122T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=a',
  };
  return new Promise((done, fail) => {
    const sent = request({ agent, port: PORT, host: '127.0.0.1', method: 'POST', headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const said = Buffer.concat(parts).toString();
        if (answer.statusCode === 200) done(said ? JSON.parse(said) : {});
        else fail(new Error(`${operation}: ${answer.statusCode} ${said}`));
      });
    });
    sent.on('error', fail);
    sent.end(text);
  });
}

/** Starts it; gives how long it took until it answered [ms], and the process. */
async function start(ctx, agent) {
  const cli = join(ctx.root, 'benches', 'peers', 'node_modules', 'kinesalite', 'cli.js');
  const begun = performance.now();
  const child = spawn(process.execPath, [cli, '--port', String(PORT), '--createStreamMs', '1', '--shardLimit', '100'],
    { stdio: 'ignore' });
  for (;;) {
    try {
      await call(agent, 'ListStreams', {});
      return { took: performance.now() - begun, child };
    } catch (error) {
      if (performance.now() - begun > 20_000) throw error;
      await sleep(1);
    }
  }
}

async function stop(child) {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill();
  await gone;
}

/** Records a second that kinesalite takes from one client with full batches, the quickest way to fill it. */
async function fill(agent, StreamName) {
  const data = Buffer.alloc(300, 'x').toString('base64');
  const batch = Array.from({ length: RECORDS }, (_, ix) => ({ Data: data, PartitionKey: `store-${ix % 97}` }));
  const begun = performance.now();
  let taken = 0;
  for (let ix = 0; ix < CALLS; ix += 1) {
    const { FailedRecordCount, Records } = await call(agent, 'PutRecords', { StreamName, Records: batch });
    taken += Records.length - FailedRecordCount;
  }
  if (taken !== CALLS * RECORDS) throw new Error(`kinesalite took ${taken} of ${CALLS * RECORDS} records`);
  return taken / (performance.now() - begun) * 1e3;
}

/** Until the stage is in the page, in the frame that shows it first [ms]; it is drawn in the next. */
async function firstRender(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const tab = await context.newPage();
  await tab.goto(url, { waitUntil: 'commit' });
  const took = await tab.waitForFunction(
    () => (document.querySelector('#app canvas') ? performance.now() : 0), null, { polling: 'raf' });
  const value = await took.jsonValue();
  await context.close();
  return value;
}

export async function run(ctx) {
  const agent = new Agent({ keepAlive: true });
  const { tab, close } = await page(ctx, 'models');
  const browser = await ctx.browser();
  const server = await ctx.serve(join(ctx.root, 'dist'));
  let child;
  try {
    const starts = [];
    for (let round = 0; round < STARTS; round += 1) {
      if (child) await stop(child);
      const begun = await start(ctx, agent);
      child = begun.child;
      starts.push({ peer: begun.took, ours: await firstRender(browser, server.url) });
    }
    await call(agent, 'CreateStream', { StreamName: 'bench', ShardCount: SHARDS });
    await sleep(200);
    ctx.say(`${ROUNDS} rounds of ${CALLS * RECORDS} records and of ${SECONDS} s of Black Friday`);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const peer = await fill(agent, 'bench');
      const play = (what, s) => tab.evaluate(([what, s]) => JSON.parse(globalThis.bench[what](s)).records, [what, s]);
      rounds.push({ peer, ours: await play('stream', STREAM_SECONDS), friday: await play('black_friday', SECONDS) });
    }
    const middle = (list, of) => median(list.map(of));
    const told = (id, what, value, unit) => ({ id, what, value, unit, aim: null, better: 'higher' });
    return [
      told('kinesalite', 'kinesalite 3.3, PutRecords of 500 over HTTP', middle(rounds, (r) => r.peer), 'records/s'),
      told('stream', 'the same calls to a stream of the model in Chromium', middle(rounds, (r) => r.ours), 'records/s'),
      {
        id: 'records', what: 'records a second: the page / kinesalite', value: middle(rounds, (r) => r.ours / r.peer),
        unit: 'x', aim: 100, better: 'higher',
        note: 'The same work on both sides: one client, calls of 500 records of 300 B under 97 keys, every one taken, ' +
          'nobody reads. kinesalite has 4 shards and no limits, the model 8 shards and their limits.',
      },
      told('black-friday', 'Black Friday in Chromium', middle(rounds, (r) => r.friday), 'records/s'),
      {
        id: 'first', what: 'first render of the page / start of kinesalite',
        value: middle(starts, (s) => s.ours / s.peer), unit: 'x', aim: 1, better: 'lower',
        note: `kinesalite answers after ${Math.round(middle(starts, (s) => s.peer))} ms, the page has mounted its stage ` +
          `after ${Math.round(middle(starts, (s) => s.ours))} ms.`,
      },
    ];
  } finally {
    if (child) await stop(child);
    agent.destroy();
    server.close();
    await browser.close();
    await close();
  }
}
