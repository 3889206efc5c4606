import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { CoreProgram, until } from './core-program.ts';
import { killPrograms } from './program.ts';
import { startWorker, type WorkerProgram } from './worker-program.ts';

let directory: string;
let core: CoreProgram;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'web-'));
});

afterEach(async () => {
  await killPrograms();
  await core.remove();
  await rm(directory, { recursive: true, force: true });
});

describe('the web server of the program', () => {
  test('shows what a collect brought, and none of the secrets of the configuration', async () => {
    core = await CoreProgram.start();
    const secrets = { key: 'cloud-secret-1', file: 'file-content-2', token: 'unknown-token-3' };
    await core.configure({
      resotoworker: { collector: ['example'], files_in_home_dir: { '.netrc': secrets.file } },
      aws: { secret_access_key: secrets.key },
      example: { token: secrets.token },
    });
    const worker = await startWorker({ uri: core.uri, directory });

    await core.finished(await core.startCollect());

    const url = await urlOf(worker);
    await until('the worker is well', async () => (await ask(`${url}health`)).text === 'ok\r\n');
    const pages = ['', 'health', 'ready', 'live', 'metrics', 'info'];
    const texts = await Promise.all(pages.map(async (page) => (await ask(`${url}${page}`)).text));
    expect(texts[0]).toContain('This worker is connected and well.');
    expect(texts[0]).toMatch(/collect example<\/td>.*complete: 1 of 1 accounts imported/);
    expect(texts[4]).toMatch(/^resoto_worker_account_nodes\{cloud="example",account="[^"]+"\} [1-9]/m);
    expect(texts[4]).toMatch(/^resoto_worker_connected\{connection="CoreTasks"\} 1$/m);
    expect(JSON.parse(texts[5] ?? '')).toMatchObject({ active_collectors: ['example'] });
    for (const secret of Object.values(secrets)) expect(texts.join('\n')).not.toContain(secret);
  });

  test('without its core a worker is unready and alive, and ready again when the core is back (no. 27)', async () => {
    core = await CoreProgram.start();
    await core.configure({ resotoworker: { collector: ['example'] } });
    const url = await urlOf(await startWorker({ uri: core.uri, directory }));
    await until('the worker is ready', async () => (await ask(`${url}ready`)).status === 200);

    await core.kill();
    await until('the worker notices', async () => (await ask(`${url}health`)).text.includes('- CoreTasks'));
    const [ready, live] = [await ask(`${url}ready`), await ask(`${url}live`)];
    await core.start();

    await until('the worker is ready again', async () => (await ask(`${url}ready`)).status === 200);
    expect([ready.status, live.status]).toEqual([503, 200]);
    expect(ready.text).toMatch(/^not ok\r\n\r\n- /);
  });

  test('at a core with certificates it is reached with one that the core has signed', async () => {
    core = await CoreProgram.start({ tls: true, psk: 'a long enough key' });
    const url = await urlOf(await startWorker({ uri: core.uri, directory, args: ['--psk', 'a long enough key'] }));

    const { issuer, subject, text } = await askSecurely(`${url}live`);

    expect(text).toBe('ok\r\n');
    expect([subject, issuer]).toEqual(['resoto.worker', 'Resoto Root CA']);
  });

  test('at a core with certificates it is on plain HTTP if no_tls says so, and below web_path, too', async () => {
    core = await CoreProgram.start({ tls: true, psk: 'a long enough key' });
    const overrides = ['--override', 'resotoworker.no_tls=true', 'resotoworker.web_path=behind/a proxy/'];
    const args = ['--psk', 'a long enough key', ...overrides];
    const url = await urlOf(await startWorker({ uri: core.uri, directory, args }));

    const texts = await Promise.all(
      ['live', 'behind/a%20proxy/live'].map(async (path) => (await ask(`${url}${path}`)).text),
    );

    expect(url).toMatch(/^http:/);
    expect(texts).toEqual(['ok\r\n', 'ok\r\n']);
  });
});

async function urlOf(worker: WorkerProgram): Promise<string> {
  const [line] = await worker.hasLogged('web server started');
  const url = line?.['url'];
  if (typeof url !== 'string') throw new Error(`There is no web server: ${worker.stderr()}`);
  return url;
}

async function ask(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

/** Whom the certificate is from is what is to be found out, so it is not checked. */
function askSecurely(
  url: string,
): Promise<{ readonly text: string; readonly issuer: string; readonly subject: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { rejectUnauthorized: false, agent: false }, (response) => {
      const { issuer, subject } = (response.socket as TLSSocket).getPeerCertificate();
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ text, issuer: String(issuer.CN), subject: String(subject.CN) }));
    });
    sent.once('error', reject);
    sent.end();
  });
}
