import { expect, test } from '@jest/globals';
import { RecentChanges } from './recent-changes.ts';

test('a change is missing in tags as they were before it, and not in those with it', () => {
  const recent = new RecentChanges();
  recent.note({ x: '0', y: '0' }, { remove: ['y'], update: { x: '1', z: '' } }, 0);

  expect(recent.missingIn({ x: '0', y: '0' }, 1)).toEqual({ remove: ['y'], update: { x: '1', z: '' } });
  expect(recent.missingIn({ x: '1', z: '' }, 1)).toEqual({ remove: [], update: {} });
});

test('a value that somebody else has set stays', () => {
  const recent = new RecentChanges();
  recent.note({ x: '0' }, { remove: [], update: { x: '1' } }, 0);

  expect(recent.missingIn({ x: '9' }, 1)).toEqual({ remove: [], update: {} });
});

test('the last of several changes counts, wherever the core is', () => {
  const recent = new RecentChanges();
  recent.note({}, { remove: [], update: { x: '1' } }, 0);
  recent.note({ x: '1' }, { remove: ['x'], update: {} }, 1);
  recent.note({}, { remove: [], update: { x: '3' } }, 2);

  for (const tags of [{}, { x: '1' }]) expect(recent.missingIn(tags, 3)).toEqual({ remove: [], update: { x: '3' } });
});

test('what the core must have stored long ago is forgotten', () => {
  const recent = new RecentChanges();
  recent.note({}, { remove: [], update: { x: '1' } }, 0);

  expect(recent.missingIn({}, 61_000)).toEqual({ remove: [], update: {} });
});
