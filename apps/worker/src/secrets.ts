import { isSecretName, Secrets } from '@resoto/worker-core';

import type { OptionValue } from './environment.ts';
import type { Option } from './options.ts';

/** Shorter values are words such as `true`, which other texts contain as well. */
const shortestValue = 8;

/** Secrets that came with the command line or stand in the environment, for instance the credentials of a cloud. */
export function secretsOf(
  options: readonly Option[],
  given: readonly ReadonlyMap<string, OptionValue>[],
  env: NodeJS.ProcessEnv,
): Secrets {
  const secrets = new Secrets();
  for (const { name } of options.filter(({ secret }) => secret === true)) {
    for (const values of given) {
      const value = values.get(name);
      if (typeof value === 'string') secrets.add(value);
    }
  }
  for (const [name, value = ''] of Object.entries(env)) {
    if (isSecretName(name) && !isPlace(name, value) && value.length >= shortestValue) secrets.add(value);
  }
  return secrets;
}

/** Does a variable say where a secret is, not what it is? */
function isPlace(name: string, value: string): boolean {
  if (/(_|^)(FILE|PATH|DIR|DIRECTORY|URL|URI|ENDPOINT|HOST|PORT|ID|NAME|SOCK|EXPIRATION)$/.test(name)) return true;
  return name.endsWith('CREDENTIALS') && /^([/~.]|[A-Za-z]:[\\/])/.test(value);
}
