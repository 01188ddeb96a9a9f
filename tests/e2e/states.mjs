// The states of the page that screens.test.mjs looks at, each reached from the freshly loaded page.
// To have a new panel or dialog checked, add a line: `reach` brings the page there.
export const STATES = [
  { name: 'start', reach: async () => {} },
];
