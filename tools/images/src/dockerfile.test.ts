import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@resoto/tools-shared';

import { imageConfig } from './image.ts';

const dockerfile = readFileSync(join(repositoryRoot, 'Dockerfile'), 'utf8');

test.each(['resoto', 'fix'] as const)('the Dockerfile says of %s what the image of tools/images says', (generation) => {
  const { Entrypoint, Env, ExposedPorts, Healthcheck } = imageConfig(generation);
  const seconds = (nanoseconds: number): string => `${nanoseconds / 1e9}s`;
  const times = `--interval=${seconds(Healthcheck.Interval)} --timeout=${seconds(Healthcheck.Timeout)} --start-period=${seconds(Healthcheck.StartPeriod)}`;

  expect(dockerfile).toContain(`ENTRYPOINT ${JSON.stringify(Entrypoint)}\n`);
  expect(dockerfile).toContain(`ENV ${Env.join(' ')}\n`);
  expect(dockerfile).toContain(`EXPOSE ${Object.keys(ExposedPorts).join(' ')}\n`);
  expect(dockerfile).toContain(`HEALTHCHECK ${times} --retries=${Healthcheck.Retries} CMD ${JSON.stringify(Healthcheck.Test.slice(1))}\n`);
});

test('compose files ask for health as the image does, and give work more time to end than the worker takes', () => {
  for (const name of ['docker-compose.yaml', 'docker-compose.accounts.yaml']) {
    const compose = readFileSync(join(repositoryRoot, name), 'utf8');

    expect(compose).toContain('stop_grace_period: 2m\n');
    expect(compose).toContain('restart: always\n');
    expect(compose).not.toMatch(/psk: *\w|changeme/i);
  }
});
