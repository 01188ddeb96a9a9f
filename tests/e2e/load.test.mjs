// The built page comes up from a sub-path, under its content policy, and nothing it asks for fails.
export const name = 'the built page loads from a sub-path';

export async function run({ page, base, shot, visit, assert, assertEqual }) {
  await visit(page, base);
  await shot('loaded');
  assertEqual(await page.title(), 'Millrace', 'the title');
  assert((await page.locator('h1').count()) >= 1, 'the page has no heading');
  assert(await page.locator('#panic').isHidden(), 'the panic box must be hidden');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  assert(policy?.includes("default-src 'none'"), 'the release page carries no strict content policy');
  assert(!policy.includes('unsafe-inline'), 'the policy must not allow inline code');
}
