// Takes a picture of a built page: node scripts/shot.mjs [dist] [out.png] [width] [height] [light|dark] [wait ms]
// Prints what the page reported (console errors, refused requests).
const [dist = 'dist', out = 'shot.png', width = 1280, height = 800, theme = 'light', wait = 500] = process.argv.slice(2);
const { launch, open, serve, visit } = await import('../tests/e2e/lib.mjs');

const server = await serve(dist);
const browser = await launch();
const viewport = { width: Number(width), height: Number(height) };
const { page, faults } = await open(browser, server.origin, { viewport, colorScheme: theme });
await visit(page, server.base).catch((error) => faults.push(error.message));
await page.waitForTimeout(Number(wait));
await page.screenshot({ path: out, caret: 'initial' });
await browser.close();
server.stop();
for (const fault of faults) console.log(fault);
console.log(`${out}: ${faults.length} faults`);
