// How soon the page plays, and how evenly: the first record that is let in, and the share of long frames beside that
// of an empty page on the same machine in the same run.
export const name = 'pace: first record at a quarter of the speed, long frames while playing (printed)';
export const limit = 240;

const LONG_MS = 20;
const PLAY_MS = 30_000;

/** Times between animation frames. Runs inside the page. */
function frames(forMs) {
  return new Promise((done) => {
    const times = [];
    let last = performance.now();
    const end = last + forMs;
    const tick = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(tick); else done(times);
    };
    requestAnimationFrame(tick);
  });
}

const share = (times) => times.filter((time) => time > LONG_MS).length / times.length;
const percent = (part) => `${(part * 100).toFixed(2)} %`;

export async function run({ another, base, visit, assert }) {
  const starts = [];
  for (let i = 0; i < 5; i += 1) {
    const { context, page } = await another({});
    const browser = await context.newCDPSession(page);
    await browser.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.goto(base, { waitUntil: 'commit' });
    const at = await page.waitForFunction(() => {
      const kept = /Kept ([\d,]+)/i.exec(document.querySelector('#node-stream')?.ariaLabel ?? '');
      return kept && kept[1] !== '0' ? performance.now() : 0;
    }, null, { polling: 10, timeout: 20_000 });
    starts.push(await at.jsonValue());
    await context.close();
  }
  starts.sort((a, b) => a - b);
  const median = starts[2];
  console.log(`    first record let in after ${starts.map((ms) => Math.round(ms)).join(', ')} ms; median ${Math.round(median)}`);

  const blank = await another({});
  await blank.page.goto('about:blank');
  const still = share(await blank.page.evaluate(frames, PLAY_MS / 3));
  await blank.context.close();
  const playing = await another({});
  await visit(playing.page, base);
  await playing.page.waitForTimeout(1_000);
  const times = await playing.page.evaluate(frames, PLAY_MS);
  await playing.context.close();
  const long = share(times);
  console.log(`    frames over ${LONG_MS} ms: ${percent(long)} of ${times.length}; of an empty page: ${percent(still)}`);
  // The figures are printed beside their aims; machines are noisy, so only what no noise explains fails.
  console.log('    aims: the first record within 2,000 ms; at most 2 % long frames');
  assert(median <= 6_000, `the first record was let in after ${median} ms`);
  assert(times.length > 500, `only ${times.length} frames in 30 s`);
  assert(long <= 0.25 + still, `${percent(long)} of the frames are long, ${percent(still)} of an empty page's`);
}
