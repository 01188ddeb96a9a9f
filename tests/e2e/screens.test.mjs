// Each state of the page, in both themes and at two widths, has no clipped, overlapping or faint text and no fault that
// axe-core knows; and each of these checks can fail.
import { countText, look } from './looks.mjs';
import { STATES } from './states.mjs';

export const name = 'every state reads well in both themes and widths';
export const limit = 600;

const SIZES = [{ width: 1280, height: 800 }, { width: 390, height: 844 }];
/** The page at 200 % on the reference screen, and on the narrowest one it is made for: the states that differ most. */
const SMALL = [{ width: 640, height: 400 }, { width: 360, height: 740 }];
const SMALL_STATES = ['start', 'configure', 'charts', 'an empty shop', 'services', 'placing', 'where a wire can lead',
  'all commands', 'menu', 'keys'];
const THEMES = ['light', 'dark'];

/** One fault a line: how to plant it in an element that starts clean, and what must be said. */
const PLANTED = [
  ['clipped text', /^clipped across: .*#planted/, (box) => {
    Object.assign(box.style, { width: '60px', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis' });
  }],
  ['text cut below', /^clipped down: .*#planted/, (box) => {
    Object.assign(box.style, { height: '6px', overflow: 'hidden' });
  }],
  ['text beyond the window', /^clipped by the window: .*#planted/, (box) => {
    Object.assign(box.style, { position: 'fixed', left: 'calc(100vw - 30px)', whiteSpace: 'nowrap' });
  }],
  ['text over text', /^overlap: .*#planted/, (box) => {
    const other = box.appendChild(document.createElement('p'));
    other.textContent = 'one above';
    const second = box.appendChild(document.createElement('p'));
    second.textContent = 'the other';
    for (const part of [other, second]) {
      part.id = `planted-${part.textContent.slice(0, 3)}`;
      Object.assign(part.style, { position: 'absolute', left: '8px', top: '30px', margin: '0' });
    }
    box.style.position = 'relative';
  }],
  ['faint text', /^faint: .*#planted/, (box) => {
    Object.assign(box.style, { color: '#999999', background: '#bbbbbb' });
  }],
  ['text made faint by opacity', /^faint: .*#planted/, (box) => { box.style.opacity = '0.35'; }],
  ['a button without a name', /^axe button-name/, (box) => {
    box.append(document.createElement('button'));
  }],
  ['a picture without words', /^axe image-alt/, (box) => {
    box.append(Object.assign(document.createElement('img'), { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' }));
  }],
];

export async function run({ another, base, shots, visit, settle, assert }) {
  const faults = [];
  const variant = async (colorScheme, viewport, states = STATES, forcedColors = 'none') => {
    const opened = await another({ colorScheme, viewport, forcedColors });
    const label = `${colorScheme}-${viewport.width}${forcedColors === 'active' ? '-forced' : ''}`;
    const shot = shots(opened.page, `screens-${label}`);
    for (const state of states) {
      await visit(opened.page, base);
      await state.reach(opened.page);
      await settle(opened.page);
      await shot(state.name);
      assert((await countText(opened.page)) > 0, `${label} ${state.name}: no text was found to check`);
      for (const fault of await look(opened.page)) faults.push(`${label} ${state.name}: ${fault}`);
    }
    faults.push(...opened.faults.map((fault) => `${label}: ${fault}`));
    await opened.context.close();
  };
  // Both themes at once: most of the time a state waits for the model's clock.
  for (const viewport of SIZES) await Promise.all(THEMES.map((theme) => variant(theme, viewport)));
  const some = STATES.filter((state) => SMALL_STATES.includes(state.name));
  assert(some.length === SMALL_STATES.length, 'a state of the small screens is not in the list');
  await Promise.all(SMALL.map((viewport, ix) => variant(THEMES[ix], viewport, some)));
  await variant('light', SIZES[0], some, 'active');
  assert(STATES.length > 0, 'no state is listed');
  // After the page, so that its faults are reported even where the planting would trip over them.
  const planting = await plantEach({ another, base, visit });
  const all = [...planting, ...faults];
  assert(all.length === 0, `${all.length} faults:\n    ${all.join('\n    ')}`);
}

/** Plants each fault in an otherwise clean page, and returns those that went unseen. */
async function plantEach({ another, base, visit }) {
  const unseen = [];
  for (const colorScheme of THEMES) {
    const { context, page } = await another({ colorScheme, viewport: SIZES[0] });
    await visit(page, base);
    for (const [what, pattern, plant] of [['nothing', null, () => {}], ...PLANTED]) {
      await page.evaluate(clear);
      const box = await page.$('#planted');
      await box.evaluate(plant);
      const found = await look(page);
      if (pattern === null && found.length > 0) unseen.push(`the clean page has faults (${colorScheme}): ${found.join('; ')}`);
      if (pattern !== null && !found.some((fault) => pattern.test(fault))) {
        unseen.push(`a planted fault went unseen (${colorScheme}): ${what}; found: ${found.join('; ') || 'nothing'}`);
      }
    }
    await context.close();
  }
  return unseen;
}

/** Leaves on the page one element of clean text, to plant in. Runs inside the page. */
function clear() {
  const main = document.createElement('main');
  main.style.padding = '16px';
  main.append(
    Object.assign(document.createElement('h1'), { textContent: 'A clean page' }),
    Object.assign(document.createElement('div'), { id: 'planted', textContent: 'Words to be read in full' }),
  );
  document.body.replaceChildren(main);
}
