import { expect, test } from '@jest/globals';
import { PermissionError, ThrottledError } from '../errors.ts';
import { plainError } from './plain-error.ts';
import { ScopeLog } from './scope-log.ts';
import { scopeProblems } from './scope-problems.ts';
import type { Outcome, ScopeReport } from './report.ts';

const never = new AbortController().signal;

test('a scope ends by the code of its error', async () => {
  const ended: Outcome[] = [];
  const log = new ScopeLog(never, (_scope, outcome) => ended.push(outcome));
  const codes = ['missing_permission', 'service_disabled', 'throttled', 'timed_out', 'provider_failed'];

  for (const code of codes) {
    const result = await log.run({ kinds: [code] }, () => Promise.reject(Object.assign(new Error(code), { code })));
    expect(result).toBeUndefined();
  }
  await expect(log.run({ kinds: ['fine'] }, async () => 7)).resolves.toBe(7);

  expect(ended).toEqual(['denied', 'disabled', 'throttled', 'timed_out', 'failed', 'complete']);
  expect(log.reports().map(({ outcome }) => outcome)).toEqual(ended);
});

test.each(['login_failed', 'spool_failed', 'too_many_nodes'])('%s ends the account', async (code) => {
  const log = new ScopeLog(never, () => {});
  const error = Object.assign(new Error('x'), { code });

  await expect(log.run({ kinds: ['a'] }, () => Promise.reject(error))).rejects.toBe(error);
});

test('an aborted account ends with the reason, whatever the work throws', async () => {
  const controller = new AbortController();
  const log = new ScopeLog(controller.signal, () => {});
  const reason = new Error('time is over');

  const ended = log.run({ kinds: ['a'] }, async () => {
    controller.abort(reason);
    throw new Error('socket hang up');
  });

  await expect(ended).rejects.toBe(reason);
});

test('a scope of several parts is as complete as its worst part', async () => {
  const log = new ScopeLog(never, () => {});

  await log.run({ kinds: ['a'] }, () => Promise.reject(new ThrottledError('slow down')));
  await log.run({ kinds: ['a'] }, async () => undefined);

  expect(log.reports()).toMatchObject([{ outcome: 'throttled' }]);
});

test('equal follow-up problems are counted and do not make the scope incomplete', () => {
  const log = new ScopeLog(never, () => {});
  const denied = () => new PermissionError({ call: 'GetTags', permission: 'acme:GetTags' });

  for (let count = 0; count < 3; count += 1) log.incomplete({ kinds: ['a'] }, denied());

  expect(log.reports()).toMatchObject([{ outcome: 'complete', incomplete: [{ outcome: 'denied', count: 3 }] }]);
  expect(scopeProblems(log.reports())).toEqual([{ region: undefined, text: 'Access denied: a (needs acme:GetTags)' }]);
});

test('thousands of denied scopes become few messages', () => {
  const regions = Array.from({ length: 17 }, (_, index) => `region-${index}`);
  const kinds = Array.from({ length: 200 }, (_, index) => `kind_${index}`);
  const scopes = regions.flatMap((region) => kinds.map((kind) => denied(kind, region)));

  const problems = scopeProblems(scopes);

  expect(problems).toHaveLength(1);
  expect(problems[0]?.text).toMatch(
    /^Access denied: kind_0 \(needs acme:kind_0\); .* and 190 more in region-0, .* and 12 more$/,
  );
});

test('what is complete or not enabled is no problem', () => {
  const scope = { kinds: ['a'], incomplete: [] };

  expect(
    scopeProblems([
      { ...scope, outcome: 'complete' },
      { ...scope, outcome: 'disabled' },
    ]),
  ).toEqual([]);
});

function denied(kind: string, region: string): ScopeReport {
  const error = plainError(new PermissionError({ call: 'List', permission: `acme:${kind}` }));
  return { kinds: [kind], region: { id: region, name: region }, outcome: 'denied', error, incomplete: [] };
}
