// The harness itself: planted faults must be seen, or every other test here would prove nothing.
export const name = 'the harness sees planted faults';
export const expectFaults = true;

export async function run({ page, base, faults, visit, assert }) {
  await visit(page, base);
  assert(faults.length === 0, `the page is not clean before the planting: ${faults.join('; ')}`);
  const plant = async (what, pattern, action) => {
    const before = faults.length;
    await page.evaluate(action);
    for (let i = 0; i < 40 && !faults.slice(before).some((fault) => pattern.test(fault)); i += 1) {
      await page.waitForTimeout(50);
    }
    assert(faults.slice(before).some((fault) => pattern.test(fault)), `a planted fault went unseen: ${what}`);
  };
  await plant('a console error', /console error: planted/, () => console.error('planted'));
  await plant('an exception', /uncaught: planted/, () => {
    setTimeout(() => { throw new Error('planted'); }, 0);
  });
  await plant('an inline style element', /content policy: style-src/, () => {
    const style = document.createElement('style');
    style.textContent = 'b { color: red }';
    document.head.append(style);
  });
  await plant('an inline script', /content policy: script-src/, () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.planted = 1';
    document.head.append(script);
  });
  await plant('a request to another origin', /another origin: http:\/\/127\.0\.0\.2|content policy: connect-src/, () => {
    fetch('http://127.0.0.2:9/').catch(() => {});
  });
  await plant('a missing file', /console error: Failed to load resource/, () => {
    fetch('./no-such-file.json').catch(() => {});
  });
}
