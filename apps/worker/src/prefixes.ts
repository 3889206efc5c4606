import { usageError } from './usage-error.ts';

/**
 * Completes shortened long options: `--resotocore http://core` means `--resotocore-uri http://core` as long as only one
 * option begins like that.
 *
 * @throws ConfigError `usage` for an ambiguous beginning
 */
export function expandPrefixes(args: readonly string[], names: readonly string[]): string[] {
  const expanded: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return [...expanded, ...args.slice(index)];
    expanded.push(arg.startsWith('--') ? expand(arg, names) : arg);
  }
  return expanded;
}

function expand(arg: string, names: readonly string[]): string {
  const end = arg.includes('=') ? arg.indexOf('=') : arg.length;
  const given = arg.slice(2, end);
  if (names.includes(given)) return arg;
  const matches = names.filter((name) => name.startsWith(given));
  if (matches.length > 1) {
    throw usageError(`--${given} is ambiguous: ${matches.map((name) => `--${name}`).join(', ')}`);
  }
  return matches[0] === undefined ? arg : `--${matches[0]}${arg.slice(end)}`;
}
