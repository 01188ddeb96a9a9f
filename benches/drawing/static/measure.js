// Measures in one page, variants in turn: what a call takes from the first line of script until its pixels are there
// (one of them is read back, so that nothing waits to be rastered).
import init, { Charts, Scene } from './drawing.js';
import { paint, prepare } from './plain.js';

const ready = init();
const SIZE = [1280, 800];
const CHART = [400, 200];

function canvas(id, [width, height] = SIZE) {
  const made = document.createElement('canvas');
  [made.id, made.width, made.height] = [id, width, height];
  made.style.cssText = `width:${width}px;height:${height}px;display:block`;
  document.body.append(made);
  return made;
}

/** Reads a pixel of each, which waits for their raster. */
function settle(canvases) {
  for (const { context } of canvases) context.getImageData(0, 0, 1, 1);
}

const drawn = (canvases) => canvases.map((of) => ({ context: of.getContext('2d') }));

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Times variants in turn; gives for each the median of all rounds, and the ratio of each set's medians. */
async function inTurn(variants, { sets, rounds, warm }) {
  const names = Object.keys(variants);
  for (let round = 0; round < warm; round += 1) for (const name of names) variants[name](round);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const byset = [];
  for (let set = 0; set < sets; set += 1) {
    await new Promise((done) => setTimeout(done, 20));
    const own = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      // each begins every second round: none always follows the other
      const order = round % 2 ? [...names].reverse() : names;
      for (const name of order) {
        const begun = performance.now();
        variants[name](round);
        own[name].push(performance.now() - begun);
      }
    }
    byset.push(median(own[names[0]]) / median(own[names[1]]));
    for (const name of names) times[name].push(...own[name]);
  }
  const [ours, theirs] = names.map((name) => median(times[name]));
  return { ours, theirs, ratio: ours / theirs, least: Math.min(...byset), most: Math.max(...byset) };
}

/** The scene with so many marks, beside plain calls that draw the same picture. */
export async function scene(marks, plan) {
  await ready;
  document.body.replaceChildren();
  const [rest, moves, plain] = ['rest', 'moves', 'plain'].map((id) => canvas(id));
  const own = new Scene('rest', 'moves', SIZE[0], SIZE[1], marks);
  const pictures = [];
  for (let k = 0; k < 8; k += 1) {
    own.frame();
    pictures.push(prepare(JSON.parse(own.ops())));
  }
  const [ours, theirs] = [drawn([rest, moves]), drawn([plain])];
  const told = await inTurn({
    ours() {
      own.frame();
      settle(ours);
    },
    theirs(round) {
      paint(theirs[0].context, pictures[round % pictures.length]);
      settle(theirs);
    },
  }, plan);
  const parts = parted(own, ours);
  // the same picture on both: how many pixels differ, of a frame that neither has drawn before
  own.frame();
  settle(ours);
  paint(theirs[0].context, prepare(JSON.parse(own.ops())));
  const counts = [...own.counts()];
  const differ = differing([rest, moves], plain);
  own.free();
  return { ...told, counts, differ, parts };
}

/** Script and raster of our frame apart. */
function parted(own, ours) {
  const [script, raster] = [[], []];
  for (let round = 0; round < 60; round += 1) {
    const begun = performance.now();
    own.frame();
    const between = performance.now();
    settle(ours);
    script.push(between - begun);
    raster.push(performance.now() - between);
  }
  return { script: median(script), raster: median(raster) };
}

/** The share of pixels that differ by more than a hair between layers put together and one canvas. */
function differing(layers, plain) {
  const whole = document.createElement('canvas');
  [whole.width, whole.height] = SIZE;
  const context = whole.getContext('2d', { willReadFrequently: true });
  for (const layer of layers) context.drawImage(layer, 0, 0);
  const [a, b] = [context, plain.getContext('2d')].map((of) => of.getImageData(0, 0, ...SIZE).data);
  let count = 0;
  for (let at = 0; at < a.length; at += 4) {
    if (Math.abs(a[at] - b[at]) + Math.abs(a[at + 1] - b[at + 1]) + Math.abs(a[at + 2] - b[at + 2]) > 24) count += 1;
  }
  return count / (SIZE[0] * SIZE[1]);
}

/** What was counted in each second: a walk between bounds, the same in every run. */
function walk(length) {
  const values = new Float64Array(length);
  let [seed, value] = [7, 3_000];
  for (let at = 0; at < length; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    value = Math.min(6_000, Math.max(200, value + (seed / 2_147_483_648 - 0.5) * 900));
    values[at] = Math.round(value);
  }
  return values;
}

const COUNT = 6;

/** Six charts of so many points, beside uPlot with the same points and a line of this width [px]. */
export async function charts([points, width], plan) {
  await ready;
  document.body.replaceChildren();
  const ids = Array.from({ length: COUNT }, (_, ix) => `chart-${ix}`);
  const canvases = ids.map((id) => canvas(id, CHART));
  const values = walk(points + 1_000);
  const own = new Charts(ids, values, points);
  const ours = drawn(canvases);
  const times = Float64Array.from(values, (_, at) => at + 0.5);
  const plots = ids.map(() => {
    const place = document.createElement('div');
    document.body.append(place);
    return new uPlot({
      width: CHART[0], height: CHART[1], legend: { show: false }, cursor: { show: false }, pxAlign: 1,
      scales: { x: { time: false } },
      series: [{}, { stroke: '#0a6bae', fill: 'rgba(10,107,174,0.15)', width, points: { show: false } }],
    }, [times.slice(0, points), values.slice(0, points)], place);
  });
  const theirs = plots.map((plot) => ({ context: plot.ctx }));
  let from = 0;
  const told = await inTurn({
    ours() {
      own.frame();
      settle(ours);
    },
    theirs() {
      from = (from + 1) % 1_000;
      const data = [times.subarray(from, from + points), values.subarray(from, from + points)];
      for (const plot of plots) plot.batch(() => plot.setData(data)); // drawn at once, not in a microtask
      settle(theirs);
    },
  }, plan);
  const parts = parted(own, ours);
  const spans = spansOf(() => own.frame());
  own.free();
  return { ...told, parts, spans };
}

/** What a frame puts into the page, asks of its layout, and measures by a canvas, after warm-up. */
function spansOf(frame) {
  const counts = { made: 0, laid: 0, measured: 0, frames: 60 };
  const kept = [];
  const spy = (of, name, what) => {
    const before = of[name];
    kept.push(() => { of[name] = before; });
    of[name] = function spied(...given) {
      counts[what] += 1;
      return before.apply(this, given);
    };
  };
  spy(Document.prototype, 'createElement', 'made');
  spy(Element.prototype, 'getBoundingClientRect', 'laid');
  spy(Element.prototype, 'getClientRects', 'laid');
  spy(CanvasRenderingContext2D.prototype, 'measureText', 'measured');
  for (let k = 0; k < counts.frames; k += 1) frame();
  for (const undo of kept) undo();
  return counts;
}
