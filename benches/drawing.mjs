// Scene and charts as the page draws them, beside plain JavaScript canvas calls and beside uPlot: script and raster,
// in one page, in turn.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

export const name = 'Drawing: the scene beside plain canvas calls, charts beside uPlot';

const PLAN = { sets: 5, rounds: 30, warm: 20 };
const SCENES = [[1_000, 0.25], [10_000, 0.55]];
/**
 * Points, width of uPlot's line [px], aim. Ours is always 1.5 px wide; uPlot draws 1 px unless it is told otherwise,
 * which Chromium rasters many times as fast. 500 points are too few to be drawn by columns (charts/dense.rs).
 */
const CHARTS = [[600, 1.5, 0.8], [6_000, 1.5, 0.7], [600, 1, null], [6_000, 1, null], [500, 1.5, null], [500, 1, null]];

export async function run(ctx) {
  const folder = join(ctx.out, 'drawing');
  const uplot = join(ctx.root, 'benches/peers/node_modules/uplot/dist');
  for (const file of ['uPlot.iife.min.js', 'uPlot.min.css']) await copyFile(join(uplot, file), join(folder, file));
  await copyFile(join(ctx.root, 'static/css/charts.css'), join(folder, 'charts.css'));
  const server = await ctx.serve(folder);
  const browser = await ctx.browser();
  const figures = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => ctx.say(`page: ${error.message}`));
    await page.goto(server.url);
    const measure = (what, count) => page.evaluate(async ([kind, of, plan]) => {
      const measures = await import('./measure.js');
      return measures[kind](of, plan);
    }, [what, count, PLAN]);
    for (const [marks, aim] of SCENES) figures.push(ofScene(marks, aim, await measure('scene', marks)));
    let spans = 0;
    for (const [points, width, aim] of CHARTS) {
      const seen = await measure('charts', [points, width]);
      spans += seen.spans.made + seen.spans.laid;
      figures.push(ofCharts(points, width, aim, seen));
    }
    figures.push({
      id: 'charts-spans', what: 'spans and boxes measured in a frame of six charts', value: spans, unit: '', aim: 0,
      better: 'lower', note: `After warm-up, in ${CHARTS.length} x 60 frames.`,
    });
  } finally {
    await browser.close();
    server.close();
  }
  return figures;
}

const ms = (time) => `${time.toFixed(2)} ms`;
const span = ({ least, most }) => `${least.toFixed(2)} to ${most.toFixed(2)} in five sets`;

function ofScene(marks, aim, seen) {
  const { counts: [rest, move], parts } = seen;
  return {
    id: `scene-${marks}`, what: `scene of ${marks.toLocaleString('en')} marks / plain JavaScript calls`,
    value: seen.ratio, unit: '', aim, better: 'lower',
    // ten thousand on a hundred wires lie upon each other, which joining them gains from; the page sends far fewer
    note: `50 nodes, 100 wires, 1280 x 800: ${ms(seen.ours)} (script ${ms(parts.script)}, raster ${ms(parts.raster)}) `
      + `against ${ms(seen.theirs)}; ${span(seen)}. ${rest} operations rest, ${move} move; `
      + `${(seen.differ * 100).toFixed(2)} % of the pixels differ.`,
  };
}

function ofCharts(points, width, aim, seen) {
  const { parts } = seen;
  return {
    id: `charts-${points}-${width}`,
    what: `six charts of ${points.toLocaleString('en')} points / uPlot, its line ${width} px`,
    value: seen.ratio, unit: '', aim, better: 'lower',
    note: `400 x 200 each: ${ms(seen.ours)} (script ${ms(parts.script)}, raster ${ms(parts.raster)}) against `
      + `${ms(seen.theirs)}; ${span(seen)}. `
      + `${(seen.spans.measured / seen.spans.frames).toFixed(2)} texts measured by the canvas in a frame.`,
  };
}
