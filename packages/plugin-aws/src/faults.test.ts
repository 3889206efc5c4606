import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import type { TestCollect } from '@resoto/worker-core/testing';

import { collect, replay, startReplay, useEndpoint } from '../test/replay.ts';
import type { ReplayServer } from '../test/replay.ts';
import { textOf } from './values.ts';

describeWith('faults of the vendor', [replay], () => {
  let server: ReplayServer;
  let whole: TestCollect;
  let calls: string[];

  beforeAll(async () => {
    server = await startReplay();
    whole = await collect({ region: ['us-east-1'] });
    calls = await server.calls();
  });

  afterAll(() => server.stop());

  test.each([
    ['pages of one item', { 'page-size': '1' }],
    ['pages of two items', { 'page-size': '2' }],
    ['one call of twenty throttled', { throttle: '5' }],
    ['answers that take their time', { 'latency-ms': '30' }],
  ])('%s give the same graph', async (_fault, options) => {
    await server.configure(options);

    const { body, outcome } = await collect({ region: ['us-east-1'] });

    await server.configure({ 'page-size': '0', throttle: '0', 'latency-ms': '0' });
    expect(body.split('\n').toSorted()).toEqual(whole.body.split('\n').toSorted());
    expect(outcome.scopes.filter((scope) => scope.outcome !== 'complete')).toEqual([]);
  });

  test('a denied call takes nothing away that is not known to be missing', async () => {
    // Without these there is no account, or only its id to name it by.
    const vital = ['sts:get-caller-identity', 'ec2:describe-regions', 'iam:list-account-aliases'];
    const denied = pairs(calls.filter((call) => !vital.includes(call)));
    const unsaid: string[] = [];
    for (const pair of denied) {
      await server.configure({ deny: pair });
      unsaid.push(...unsaidLosses(whole, await collect({ region: ['us-east-1'] })).map((loss) => `${pair}: ${loss}`));
    }
    await server.configure({ deny: '' });

    expect(denied.length).toBeGreaterThan(20);
    expect(unsaid).toEqual([]);
  });

  test('credentials that may not even ask who they are give no account', async () => {
    await server.configure({ deny: 'sts:*' });

    await expect(collect()).rejects.toMatchObject({ code: 'login_failed' });
    await server.configure({ deny: '' });
  });

  test('an account whose regions are not known fails as a whole', async () => {
    await server.configure({ deny: 'ec2:describe-regions' });

    await expect(collect()).rejects.toMatchObject({
      code: 'missing_permission',
      facts: { permission: 'ec2:DescribeRegions' },
    });
    await server.configure({ deny: '' });
  });
});

describe('an endpoint that is not AWS', () => {
  test.each([
    ['a web page', 'text/html', '<!DOCTYPE html><html><body>Welcome</body></html>'],
    ['other XML', 'text/xml', '<?xml version="1.0"?><feed/>'],
    ['nothing at all', 'text/xml', ''],
  ])('gives no account when it answers with %s', async (_what, type, body) => {
    const server = createServer((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    useEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

    const collected = collect();

    await expect(collected).rejects.toMatchObject({
      code: 'unexpected_answer',
      hint: expect.stringContaining('AWS_ENDPOINT_URL'),
    });
    server.closeAllConnections();
    server.close();
  });
});

/** Two calls of different services each: a collect takes its time. */
function pairs(calls: readonly string[]): string[] {
  const half = Math.ceil(calls.length / 2);
  return calls
    .slice(0, half)
    .map((call, index) => [call, calls[half + index]].filter((each) => each !== undefined).join(','));
}

/** What a collect lost without saying so: nodes of complete scopes, and properties no node names as incomplete. */
function unsaidLosses(whole: TestCollect, part: TestCollect): string[] {
  const incomplete = new Set(
    part.outcome.scopes.filter(({ outcome }) => outcome !== 'complete').flatMap(({ kinds }) => kinds),
  );
  const found = new Map(part.lines.nodes.map((node) => [node.id, node]));
  return whole.lines.nodes.flatMap(({ id, reported }) => {
    const kind = textOf(reported['kind']);
    const node = found.get(id);
    if (node === undefined) return incomplete.has(kind) ? [] : [`${kind} ${textOf(reported['id'])}`];
    const said = new Set([node.metadata?.['incomplete'] ?? []].flat());
    const lost = Object.keys(reported).filter(
      (name) => JSON.stringify(node.reported[name]) !== JSON.stringify(reported[name]),
    );
    return lost.filter((name) => !said.has(name)).map((name) => `${kind} ${textOf(reported['id'])} ${name}`);
  });
}
