import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createToken } from '@resoto/worker-core';

import { awsEnvironment } from './aws-environment.ts';
import { CoreProgram, until } from './core-program.ts';
import { killPrograms } from './program.ts';
import { connected, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const psk = 'psk-nobody-may-see-1';

/** Each is somewhere a worker gets it from. */
const secrets = {
  psk,
  keyPassphrase: 'passphrase-nobody-may-see-2',
  uriPassword: 'uri-password-nobody-may-see-3',
  environmentKey: 'environment-key-nobody-may-see-4',
  sessionToken: 'session-token-nobody-may-see-5',
  configured: 'configured-key-nobody-may-see-6',
  overridden: 'overridden-key-nobody-may-see-7',
  placeholder: 'placeholder-nobody-may-see-8',
  homeFile: 'home-file-nobody-may-see-9',
  taskData: 'task-data-nobody-may-see-10',
};

let directory: string;
let core: CoreProgram;
let indiscreet: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  core = await CoreProgram.start({ psk });
  // A cloud that puts everything it was sent into its errors.
  indiscreet = createServer(({ headers }, response) => {
    const text = `<Message>${JSON.stringify(headers)}</Message>`;
    response.writeHead(400).end(`<ErrorResponse><Error><Code>Odd</Code>${text}</Error></ErrorResponse>`);
  });
  await new Promise<void>((resolve) => indiscreet.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await killPrograms();
  await core.remove();
  indiscreet.closeAllConnections();
  indiscreet.close();
  await rm(directory, { recursive: true });
});

test('a worker that writes all it can writes no secret: not into its log, and not to the core (no. 9)', async () => {
  await request('PUT', '/config/resoto.worker', {
    resotoworker: {
      collector: ['aws', 'example'],
      web_port: 0,
      files_in_home_dir: {
        '.secrets': `[default]\naws_secret_access_key = ${secrets.homeFile}\n`,
        '.token': '$(HIDDEN)',
      },
    },
    aws: { secret_access_key: secrets.configured },
  });
  const address = core.uri.replace('://', `://somebody:${secrets.uriPassword}@`);
  const worker = startWorkerProgram({
    args: ['--trace', '--resotocore-uri', address, '--data', join(directory, 'state')],
    env: {
      HOME: directory,
      ...awsEnvironment(`http://127.0.0.1:${(indiscreet.address() as AddressInfo).port}`),
      AWS_SECRET_ACCESS_KEY: secrets.environmentKey,
      AWS_SESSION_TOKEN: secrets.sessionToken,
      HIDDEN: secrets.placeholder,
      RESOTOWORKER_PSK: psk,
      RESOTOWORKER_CERT_KEY_PASS: secrets.keyPassphrase,
      RESOTOWORKER_OVERRIDE0: `aws.secret_access_key=${secrets.overridden}`,
    },
  });
  await connected(worker);

  const { id } = (await request('POST', '/workflow/collect')) as { readonly id: string };
  await until('the collect is over', async () => {
    return ((await request('GET', `/workflow/task/${id}`)) as { readonly state: string }).state !== 'running';
  });
  await command(`search is(example_instance) limit 1 | tag update owner ${secrets.taskData}`);
  const log = await request('GET', `/workflow/task/${id}/log`);
  const code = await worker.kill('SIGTERM');

  expect(code).toBe(0);
  expect(worker.logged('worker ended')).toHaveLength(1);
  // The cloud told the session token, and it was masked on its way.
  expect(worker.stderr()).toMatch(/x-amz-security-token.*\*\*\*/);
  expect(JSON.stringify(log)).toMatch(/x-amz-security-token.*\*\*\*/);
  expect(found(worker, JSON.stringify(log))).toEqual([]);
});

test('a mistake that has a secret in it is told without it', async () => {
  const address = `ftp://somebody:${secrets.uriPassword}@core`;
  const worker = startWorkerProgram({ args: ['--resotocore-uri', address, '--psk', psk], env: { HOME: directory } });
  const search = startWorkerProgram({ args: ['search', 'all', '--resotocore-uri', address], env: { HOME: directory } });

  expect([await worker.ended, await search.ended]).toEqual([1, 1]);
  expect([...found(worker), ...found(search)]).toEqual([]);
  expect(search.stderr()).toContain('no HTTP address');
});

function found({ stdout, stderr }: WorkerProgram, more = ''): readonly string[] {
  const text = stdout() + stderr() + more;
  return Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
}

async function command(line: string): Promise<void> {
  await request('POST', '/cli/execute?graph=resoto', line);
}

async function request(method: string, path: string, body?: object | string): Promise<unknown> {
  const response = await fetch(core.uri + path, {
    method,
    headers: {
      Authorization: `Bearer ${await createToken(psk)}`,
      'Content-Type': typeof body === 'object' ? 'application/json' : 'text/plain',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text;
}
