// The page comes in two parts: the first play needs the first alone, and what is wanted of the second before it has come
// is loaded at once.
export const name = 'two parts: the first plays alone, the second comes when it is wanted';

const LATER = /_later\.wasm$/;

/** Until the stream has let records in. */
function untilLetIn(page) {
  return page.waitForFunction(() => /Kept [1-9]/i.test(document.querySelector('#node-stream')?.ariaLabel ?? ''), null,
    { polling: 50, timeout: 30_000 });
}

/** Opens a page that counts its requests of the second part. */
async function opened({ another }, hold) {
  const one = await another({});
  const asked = [];
  await one.page.route(LATER, async (route) => {
    asked.push(route.request().resourceType());
    await hold?.(asked.length);
    await route.continue().catch(() => {});
  });
  return { ...one, asked };
}

export async function run(tools) {
  const { base, visit, assert, assertEqual } = tools;

  // Nobody touches it: the records run before the second part is asked for, and it comes by itself.
  const alone = await opened(tools);
  await visit(alone.page, base);
  await untilLetIn(alone.page);
  assertEqual(alone.asked, [], 'the first play waits for nothing of the second part');
  const came = alone.page.waitForResponse(LATER);
  const response = await came;
  assert(response.ok(), 'the second part comes by itself');
  await alone.page.waitForTimeout(300);
  await alone.page.keyboard.press('Control+k');
  await alone.page.getByRole('combobox').or(alone.page.getByRole('searchbox')).first().waitFor();
  assertEqual(alone.asked.length, 1, 'it comes once');
  assertEqual(alone.faults, [], 'nothing went wrong');
  await alone.context.close();

  // The second part is slow, and wanted: the page loads it at once, by itself, and does what was asked.
  let release;
  const held = new Promise((done) => { release = done; });
  const hurried = await opened(tools, (n) => (n === 1 ? held : undefined));
  await visit(hurried.page, base);
  await untilLetIn(hurried.page);
  await hurried.page.keyboard.press('Control+k');
  await hurried.page.getByRole('combobox').or(hurried.page.getByRole('searchbox')).first().waitFor();
  assertEqual(hurried.asked, ['fetch', 'xhr'], 'the key asks for the second part, and the command list does not wait');
  release();
  await hurried.page.waitForTimeout(300);
  await hurried.page.keyboard.press('Escape');
  await untilLetIn(hurried.page);
  assertEqual(hurried.faults, [], 'nothing went wrong');
  await hurried.context.close();
}
