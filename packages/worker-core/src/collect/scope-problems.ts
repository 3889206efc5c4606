import { isIncomplete } from './outcome.ts';
import type { PlainError } from './plain-error.ts';
import type { Outcome, ScopeReport } from './report.ts';

/** A message for the core about scopes that ended the same way. */
export interface ScopeProblem {
  /** Undefined: it concerns several regions, which the text names, or the account. */
  readonly region: string | undefined;
  readonly text: string;
}

const words: Readonly<Record<Outcome, string>> = {
  complete: 'Complete',
  denied: 'Access denied',
  disabled: 'Not enabled',
  throttled: 'Throttled',
  failed: 'Failed',
  timed_out: 'Timed out',
};

/** How many names a message has before the rest is only counted. */
export interface ProblemLimits {
  readonly kinds: number;
  readonly calls: number;
  readonly regions: number;
}

const messageLimits: ProblemLimits = { kinds: 5, calls: 10, regions: 5 };

/**
 * Says what could not be listed, in few messages: one per region and outcome, and regions with the same problem in one. An
 * account may have thousands of scopes that fail for one reason.
 */
export function scopeProblems(
  scopes: readonly ScopeReport[],
  limits: ProblemLimits = messageLimits,
): readonly ScopeProblem[] {
  const groups = new Map<string, { region: string | undefined; outcome: Outcome; calls: Map<string, Set<string>> }>();
  for (const { kind, region, outcome, error } of failures(scopes)) {
    const key = JSON.stringify([outcome, region]);
    const group = groups.get(key) ?? { region, outcome, calls: new Map<string, Set<string>>() };
    groups.set(key, group);
    const call = describe(error);
    group.calls.set(call, (group.calls.get(call) ?? new Set()).add(kind));
  }
  const regions = new Map<string, (string | undefined)[]>();
  for (const { region, outcome, calls } of groups.values()) {
    const text = `${words[outcome]}: ${listed(
      [...calls].map(([call, kinds]) => `${listed([...kinds], limits.kinds)} (${call})`),
      limits.calls,
      '; ',
    )}`;
    regions.set(text, [...(regions.get(text) ?? []), region]);
  }
  return [...regions].map(([text, where]) => problemIn(where, text, limits));
}

interface Failure {
  readonly kind: string;
  readonly region: string | undefined;
  readonly outcome: Outcome;
  readonly error: PlainError | undefined;
}

function failures(scopes: readonly ScopeReport[]): Failure[] {
  return scopes.flatMap(({ kinds: [kind = ''], region, outcome, error, incomplete }) => {
    const place = { kind, region: region?.name };
    const calls = incomplete.filter((call) => isIncomplete(call.outcome)).map((call) => ({ ...place, ...call }));
    return isIncomplete(outcome) ? [{ ...place, outcome, error }, ...calls] : calls;
  });
}

/** What failed, as short as possible: the permission or call that is known by name, else the text of the error. */
function describe(error: PlainError | undefined): string {
  const { call, permission } = error?.facts ?? {};
  if (typeof permission === 'string') return `needs ${permission}`;
  if (typeof call === 'string' && error?.code === 'throttled') return call;
  return error === undefined ? 'unknown error' : withoutPlace(error);
}

/** The place is said once for all that failed there, and would make every message a different one. */
function withoutPlace({ message, facts: { account, region } }: PlainError): string {
  const place = [account, region].filter((part) => typeof part === 'string').join('/');
  return place === '' ? message : message.replace(` in ${place}`, '');
}

function problemIn(regions: readonly (string | undefined)[], text: string, limits: ProblemLimits): ScopeProblem {
  const [region, ...others] = regions;
  if (others.length === 0) return { region, text };
  const names = regions.map((name) => name ?? 'the account');
  return { region: undefined, text: `${text} in ${listed(names, limits.regions)}` };
}

function listed(items: readonly string[], most: number, separator = ', '): string {
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
