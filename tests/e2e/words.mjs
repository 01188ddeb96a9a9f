// What can be read on the page: the words of visible text, of chosen options and of filled fields.

/** The visible words. Runs inside the page. */
export function visibleWords() {
  const words = [];
  const add = (text) => words.push(...text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)));
  const seen = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      if (width <= 1.5 && height <= 1.5 && style.overflow !== 'visible') return false; // for screen readers alone
    }
    return true;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element && !element.closest('script, style, noscript, template, select') && seen(element)) add(node.data);
  }
  for (const select of document.querySelectorAll('select')) {
    if (seen(select)) add(select.selectedOptions[0]?.textContent ?? '');
  }
  for (const field of document.querySelectorAll('input[type=text], textarea')) {
    if (seen(field)) add(field.value || field.placeholder);
  }
  return words;
}
