import type { FieldDeclaration } from './section.ts';

export type Range = Pick<FieldDeclaration, 'min' | 'max'>;

/** What is allowed, in words; empty when everything is. */
export function rangeText({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? '' : `at most ${max}`;
}
