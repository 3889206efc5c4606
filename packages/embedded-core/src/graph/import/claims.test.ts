import { describe, expect, test } from '@jest/globals';
import { failure } from '../../../test/acme.ts';
import { Claims, type Claim } from './claims.ts';

const RUNNING: Claim = { replace: ['acc'], parents: ['root', 'acme'] };

describe('while an import runs', () => {
  test.each<[string, Claim]>([
    ['the same replace node', { replace: ['acc'], parents: ['root', 'acme'] }],
    ['a parent of its replace node', { replace: ['acme'], parents: ['root'] }],
    ['a part of its replace node', { replace: ['eu'], parents: ['root', 'acme', 'acc'] }],
  ])('another one cannot replace %s', async (_, claim) => {
    const claims = new Claims();
    claims.take(1, RUNNING);

    const error = await failure(() => claims.take(1, claim));

    expect(error.code).toBe('import_conflict');
    expect(error.message).toMatch(/Conflicting change in progress/);
  });

  test('another account of the same cloud can be replaced', () => {
    const claims = new Claims();
    claims.take(1, RUNNING);

    expect(() => claims.take(1, { replace: ['other'], parents: ['root', 'acme'] })).not.toThrow();
  });

  test('the same account in another graph can be replaced', () => {
    const claims = new Claims();
    claims.take(1, RUNNING);

    expect(() => claims.take(2, RUNNING)).not.toThrow();
  });
});

test("a finished import is in nobody's way", () => {
  const claims = new Claims();
  const release = claims.take(1, RUNNING);

  release();

  expect(() => claims.take(1, RUNNING)).not.toThrow();
});
