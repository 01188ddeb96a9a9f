// Finds what a reader would call broken on a page: clipped text, text over text, faint text, and what axe-core reports.
// `look(page)` returns sentences; none means clean. screens.test.mjs plants each fault and expects it to be found.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The lowest contrast of text against what is behind it, for text of every size. */
export const CONTRAST = 4.5;

export async function look(page) {
  const seen = await page.evaluate(measure, CONTRAST);
  return [...seen.faults, ...(await axe(page))];
}

/** How many text elements are visible: a page without text would pass every check. */
export async function countText(page) {
  return (await page.evaluate(measure, CONTRAST)).texts;
}

async function axe(page) {
  // Evaluated by the driver, which the content policy does not bind; as a script element it would be refused.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (values) => {
    const result = await globalThis.axe.run(document, { runOnly: { type: 'tag', values }, preload: false });
    return result.violations;
  }, AXE_TAGS);
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `axe ${violation.id}: ${violation.help} -- ${node.target.join(' ')}`));
}

/** Runs inside the page, so it must stand alone. */
function measure(leastContrast) {
  const faults = [];
  const texts = [];
  const modal = document.querySelector(':modal'); // what lies behind it is not to be read
  for (const element of (modal ?? document.body).querySelectorAll('*')) {
    const text = ownText(element);
    // what is inert lies behind an open menu and is not to be read either
    if (text === '' || !isVisible(element) || element.closest('[inert]')) continue;
    const whole = textBox(element);
    if (!whole) continue;
    const box = visiblePart(element, whole);
    const name = describe(element, text);
    texts.push({ element, name, whole, box });
  }
  for (const { element, name, whole, box } of texts) {
    checkClipped(element, name, whole, box);
    if (box) checkContrast(element, name);
  }
  checkOverlap(texts.filter((text) => text.box));
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth + 1) {
    faults.push(`wide: the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth} px`);
  }
  return { faults, texts: texts.length };

  function ownText(element) {
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'OPTION', 'OPTGROUP', 'TITLE', 'DESC'].includes(element.tagName)) {
      return '';
    }
    if (element.matches('input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=color]), textarea')) {
      return (element.value || element.placeholder || '').trim();
    }
    if (element.tagName === 'SELECT') return element.selectedOptions[0]?.textContent.trim() ?? '';
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return own.map((node) => node.data).join(' ').replace(/\s+/g, ' ').trim();
  }

  function isVisible(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    // Text for screen readers alone is cut to a pixel on purpose.
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      if (width <= 1.5 && height <= 1.5 && style.overflow !== 'visible') return false;
      if (/^inset\((50|100)%/.test(style.clipPath) || /^rect\(/.test(style.clip)) return false;
    }
    return true;
  }

  /** The box around the element's own text, without the room that a line leaves above and below its letters. */
  function textBox(element) {
    if (element.matches('input, textarea, select')) return trim(element.getBoundingClientRect(), 0.25);
    let box = null;
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === '') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 1 || rect.height < 1) continue;
        const r = trim(rect, 0.2);
        box = box
          ? { left: Math.min(box.left, r.left), top: Math.min(box.top, r.top),
              right: Math.max(box.right, r.right), bottom: Math.max(box.bottom, r.bottom) }
          : r;
      }
    }
    return box;
  }

  function trim(rect, part) {
    const cut = rect.height * part;
    return { left: rect.left, right: rect.right, top: rect.top + cut, bottom: rect.bottom - cut };
  }

  /** What is left of a box inside everything that scrolls or clips it; null if nothing is. */
  function visiblePart(element, whole) {
    let box = { ...whole };
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      if (at === document.body) continue; // its overflow is the window's
      const r = at.getBoundingClientRect();
      box = { left: Math.max(box.left, r.left), right: Math.min(box.right, r.right),
        top: Math.max(box.top, r.top), bottom: Math.min(box.bottom, r.bottom) };
    }
    return box.right - box.left > 1 && box.bottom - box.top > 1 ? box : null;
  }

  /** Text cut where no scrolling can bring it into view. */
  function checkClipped(element, name, whole, box) {
    const short = element.matches('input, textarea') ? null : element;
    for (let at = short; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const r = at.getBoundingClientRect();
      const cutX = ['hidden', 'clip'].includes(style.overflowX) && (whole.right > r.right + 1 || whole.left < r.left - 1);
      const cutY = ['hidden', 'clip'].includes(style.overflowY) && (whole.bottom > r.bottom + 1 || whole.top < r.top - 1);
      if (cutX || cutY) {
        faults.push(`clipped ${cutX ? 'across' : 'down'}: ${name} by ${describe(at, '')}`);
        return;
      }
      // Inside something that scrolls, the rest can be reached.
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) return;
    }
    if (box && (whole.left < -1 || whole.right > innerWidth + 1)) {
      faults.push(`clipped by the window: ${name}`);
    }
  }

  function checkOverlap(texts) {
    for (let i = 0; i < texts.length; i += 1) {
      for (let j = i + 1; j < texts.length; j += 1) {
        const [a, b] = [texts[i], texts[j]];
        const left = Math.max(a.box.left, b.box.left);
        const right = Math.min(a.box.right, b.box.right);
        const top = Math.max(a.box.top, b.box.top);
        const bottom = Math.min(a.box.bottom, b.box.bottom);
        if (right - left < 2 || bottom - top < 2) continue;
        // A word within a sentence (a link, a number in bold) lies inside the sentence's box.
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        if (inOneParagraph(a.element, b.element)) continue;
        if (isCovered(a.element, b.element, (left + right) / 2, (top + bottom) / 2)) continue;
        faults.push(`overlap: ${a.name} and ${b.name}`);
      }
    }
  }

  /** Inline parts of one paragraph: their boxes meet where a part is wrapped over lines. */
  function inOneParagraph(a, b) {
    const block = (element) => {
      let at = element;
      while (at.parentElement && getComputedStyle(at).display === 'inline') at = at.parentElement;
      return at;
    };
    return block(a) === block(b) && (block(a) !== a || block(b) !== b);
  }

  /** Is the lower of two hidden at this point by something opaque, as a menu hides what it opens over? */
  function isCovered(a, b, x, y) {
    const stack = document.elementsFromPoint(x, y);
    const [first, second] = [stack.indexOf(a), stack.indexOf(b)];
    if (first < 0 || second < 0) {
      // Off the window, or the text's own box is not under the point: judge by the topmost that is not an ancestor.
      const top = stack[0];
      return top !== undefined && !top.contains(a) !== !top.contains(b) && rgba(getComputedStyle(top).backgroundColor)[3] > 0.9;
    }
    const lower = first > second ? a : b;
    return stack.slice(0, Math.max(first, second)).some((element) =>
      !element.contains(lower) && rgba(getComputedStyle(element).backgroundColor)[3] > 0.9);
  }

  function checkContrast(element, name) {
    if (element.closest(':disabled, [aria-disabled=true], [inert]')) return; // WCAG asks nothing of what cannot be used
    if (element instanceof SVGElement) return;
    const layers = [];
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      opacity *= Number(style.opacity);
      if (style.backgroundImage !== 'none') return; // a picture behind the text: axe looks at those it can
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] >= 1) break;
    }
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    let behind = dark && getComputedStyle(document.documentElement).colorScheme.includes('dark') ? [18, 18, 18] : [255, 255, 255];
    for (const layer of layers.reverse()) behind = over(layer, behind, layer[3]);
    const isEmptyInput = element.matches('input, textarea') && element.value === '';
    const ink = rgba(getComputedStyle(element, isEmptyInput ? '::placeholder' : null).color);
    const front = over(ink, behind, ink[3] * opacity);
    const ratio = contrast(front, behind);
    if (ratio < leastContrast) faults.push(`faint: ${name} has contrast ${ratio.toFixed(2)}, below ${leastContrast}`);
  }

  function over(front, behind, alpha) {
    return [0, 1, 2].map((i) => front[i] * alpha + behind[i] * (1 - alpha));
  }

  function contrast(a, b) {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  }

  function luminance(colour) {
    const [r, g, b] = colour.map((value) => {
      const v = value / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  /** Any CSS colour as [r, g, b, alpha]: drawn on one pixel and read back. */
  function rgba(colour) {
    const cache = (globalThis.__colours ??= new Map());
    if (!cache.has(colour)) {
      const pen = (globalThis.__pen ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }));
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      cache.set(colour, [r, g, b, a / 255]);
    }
    return cache.get(colour);
  }

  function describe(element, text) {
    const id = element.id ? `#${element.id}` : '';
    const cls = typeof element.className === 'string' && element.className ? `.${element.className.trim().split(/\s+/)[0]}` : '';
    return `<${element.tagName.toLowerCase()}${id}${cls}>${text ? ` "${text.slice(0, 40)}"` : ''}`;
  }
}
