// Steering the page as a person does: waiting for a model time, reading the clock.

/** Seconds of the model since 10:00:00, read off the clock. */
export async function modelSeconds(page) {
  const text = await page.locator('.clock .time').textContent();
  const [hours, minutes, seconds] = text.split(':').map(Number);
  return (hours - 10) * 3600 + minutes * 60 + seconds;
}

/** Waits until the model's clock has come to a second. */
export async function untilModel(page, second, timeout = 60_000) {
  await page.waitForFunction((wanted) => {
    const [hours, minutes, seconds] = document.querySelector('.clock .time').textContent.split(':').map(Number);
    return (hours - 10) * 3600 + minutes * 60 + seconds >= wanted;
  }, second, { timeout });
}

/** From here on the page is not a first visit. */
export async function visitedBefore(context) {
  await context.addInitScript(() => localStorage.setItem('millrace.visited', 'yes'));
}

/** Opens an act by the menu. */
export async function openAct(page, scenario, act) {
  const button = page.locator('#scenario-button');
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  await page.locator('.scene-menu').waitFor();
  await page.locator(`#scenario-${scenario}`).click();
  await page.locator(`#act-${act}`).click();
  await page.locator('.scene-menu').waitFor({ state: 'detached' });
  await page.waitForFunction(([wanted, of]) => {
    const { dataset } = document.querySelector('#scenario-button');
    return dataset.scenario === wanted && dataset.act === of;
  }, [scenario, act]);
}

/** Sets the speed by its name. */
export async function speed(page, name) {
  await page.getByLabel('Speed', { exact: true }).selectOption({ label: name });
}
