import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { useEndpoint } from '../../test/replay.ts';
import { defaults } from '../../test/test-run.ts';
import { declared } from '../aws-kind.ts';
import { Clients } from '../clients.ts';
import { collector } from '../collector.ts';
import { readConfig } from '../config.ts';
import type { Call, Change } from '../service.ts';
import { openSession } from '../session.ts';
import { callsOfCleanup } from './cleanup-calls.ts';
import { callsOfTags } from './tag-calls.ts';

const signal = new AbortController().signal;
const account = '123456789012';
const credentials = async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'test' });

/** All changes that any kind declares. */
const changes = collector.kinds
  .flatMap((kind): readonly (Call | Change)[] => {
    const { tags, cleanup } = declared(kind) ?? {};
    return [
      ...(tags === undefined ? [] : callsOfTags(tags)),
      ...(cleanup === undefined ? [] : callsOfCleanup(cleanup)),
    ];
  })
  .filter((call): call is Change => call.changes);

describe('what collects', () => {
  let server: Server;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    useEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterAll(() => void server.close());

  test('cannot send any call that changes something, whatever it claims to be', async () => {
    const clients = new Clients({ accountId: account, credentials });
    const session = openSession({ account, credentials, config: readConfig(defaults), signal });
    const token = { input: 'NextToken', output: 'NextToken', size: 'MaxResults' };

    expect(changes.length).toBeGreaterThan(40);
    for (const change of changes) {
      const disguised: Call = { ...change, changes: false, token };
      const refused = { code: 'change_refused' };
      await expect(clients.send(change, {}, 'us-east-1', signal)).rejects.toMatchObject(refused);
      await expect(session.in('us-east-1').read(disguised)).rejects.toMatchObject(refused);
      await expect(session.in('us-east-1').pages(disguised).next()).rejects.toMatchObject(refused);
    }

    clients.close();
    session.close();
    expect(requests).toBe(0);
  });
});
