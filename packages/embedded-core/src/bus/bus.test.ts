import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeCores, core } from '../../test/cores.ts';
import { call, callJson, callObject, eventually, objectIn, openSocket, subscriber } from '../../test/wire-client.ts';

let uri = '';

beforeEach(async () => {
  ({ uri } = await core());
});
afterEach(closeCores);

describe('events', () => {
  test('a listener gets the types it asked for, with a stamp', async () => {
    const listener = await openSocket(uri, '/events?show=a,b');
    const sender = await openSocket(uri, '/events?show=none');

    sender.send({ kind: 'event', message_type: 'c', data: {} });
    sender.send({ kind: 'event', message_type: 'b', data: { x: 1 } });

    expect(await listener.next()).toEqual({
      kind: 'event',
      message_type: 'b',
      data: { x: 1, subscriber_id: expect.any(String), received_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
  });

  test('without types everything is delivered, also who comes and goes', async () => {
    const listener = await openSocket(uri, '/events');

    const other = await openSocket(uri, '/events?show=x');
    await other.close();

    const came = await listener.next(({ data }) => JSON.stringify(data).includes('["x"]'));
    const went = await listener.next(({ message_type: type }) => type === 'message-listener-disconnected');
    expect(came).toMatchObject({ message_type: 'message-listener-connected', data: { channels: ['x'] } });
    expect(went).toMatchObject({ data: { subscriber_id: objectIn(came['data'])['subscriber_id'] } });
  });

  test('everything and a named type gives that type twice', async () => {
    const listener = await openSocket(uri, '/events?show=*,x');

    listener.send({ kind: 'event', message_type: 'x', data: { n: 1 } });
    listener.send({ kind: 'event', message_type: 'y', data: { n: 2 } });

    const seen = [await listener.next(isEvent), await listener.next(isEvent), await listener.next(isEvent)];
    expect(seen.map(({ message_type: type }) => type)).toEqual(['x', 'x', 'y']);
  });

  function isEvent({ message_type: type }: { readonly [member: string]: unknown }): boolean {
    return type === 'x' || type === 'y';
  }
});

describe('subscriptions', () => {
  test('a subscription has 60 seconds and is waited for, unless it says otherwise', async () => {
    const first = await callJson(uri, 'POST', '/subscriber/w/collect');
    const second = await callJson(uri, 'POST', '/subscriber/w/cleanup?timeout=10800&wait_for_completion=FALSE');

    expect(first).toEqual({
      id: 'w',
      subscriptions: { collect: { message_type: 'collect', timeout: 60, wait_for_completion: true } },
    });
    expect(second).toMatchObject({
      subscriptions: { collect: {}, cleanup: { timeout: 10800, wait_for_completion: false } },
    });
  });

  test('subscribing again replaces the parameters', async () => {
    await callJson(uri, 'POST', '/subscriber/w/collect?timeout=1');

    await callJson(uri, 'POST', '/subscriber/w/collect?timeout=2');

    expect(await callJson(uri, 'GET', '/subscriber/w')).toMatchObject({ subscriptions: { collect: { timeout: 2 } } });
  });

  test('a timeout that is no integer is refused', async () => {
    expect((await call(uri, 'POST', '/subscriber/w/collect?timeout=1.5')).status).toBe(400);
    expect((await call(uri, 'POST', '/subscriber/w/collect?timeout=long')).status).toBe(400);
  });

  test('PUT replaces all, DELETE removes one or everything', async () => {
    await callJson(uri, 'POST', '/subscriber/w/collect');
    const body = ['a', 'b'].map((type) => ({ message_type: type, wait_for_completion: true, timeout: 5 }));

    const replaced = await callObject(uri, 'PUT', '/subscriber/w', { body });
    const removed = await callObject(uri, 'DELETE', '/subscriber/w/a');
    const gone = await call(uri, 'DELETE', '/subscriber/w');

    expect(Object.keys(objectIn(replaced['subscriptions']))).toEqual(['a', 'b']);
    expect(Object.keys(objectIn(removed['subscriptions']))).toEqual(['b']);
    expect(gone.status).toBe(204);
    expect((await call(uri, 'GET', '/subscriber/w')).status).toBe(404);
  });

  test('subscribers are listed, all and by event; the core is one of them', async () => {
    await callJson(uri, 'POST', '/subscriber/w/collect');

    expect(await callJson(uri, 'GET', '/subscribers')).toMatchObject([{ id: 'resotocore' }, { id: 'w' }]);
    expect(await callJson(uri, 'GET', '/subscribers/for/collect')).toMatchObject([{ id: 'w' }]);
    expect(await callJson(uri, 'GET', '/subscribers/for/merge_outer_edges')).toMatchObject([{ id: 'resotocore' }]);
  });
});

describe('the handle socket', () => {
  test('unknown subscribers and those without subscriptions are refused with 404', async () => {
    await callJson(uri, 'POST', '/subscriber/empty/collect');
    await callJson(uri, 'DELETE', '/subscriber/empty/collect');

    await expect(openSocket(uri, '/subscriber/w/handle')).rejects.toThrow('404');
    await expect(openSocket(uri, '/subscriber/empty/handle')).rejects.toThrow('404');
  });

  test('a second connection is refused with 429 until the first is gone', async () => {
    await callJson(uri, 'POST', '/subscriber/w/collect');
    const first = await openSocket(uri, '/subscriber/w/handle');

    await expect(openSocket(uri, '/subscriber/w/handle')).rejects.toThrow('429');
    await first.close();

    const second = await eventually(() => openSocket(uri, '/subscriber/w/handle').catch(() => undefined));
    await second.close();
  });

  test('events registered later are delivered after the next connect only', async () => {
    await callJson(uri, 'POST', '/subscriber/w/a');
    const socket = await openSocket(uri, '/subscriber/w/handle');
    const sender = await openSocket(uri, '/events?show=none');
    await callJson(uri, 'POST', '/subscriber/w/b');

    sender.send({ kind: 'event', message_type: 'b', data: {} });
    sender.send({ kind: 'event', message_type: 'a', data: {} });

    expect(await socket.next()).toMatchObject({ message_type: 'a' });
  });

  test('a subscriber that stays away is removed, one that is connected stays', async () => {
    const short = await core({ timers: { absentAfter: 400, startGrace: 0 } });
    await subscriber(short.uri, 'here', 'collect');
    await callJson(short.uri, 'POST', '/subscriber/away/collect');

    await eventually(async () =>
      (await call(short.uri, 'GET', '/subscriber/away')).status === 404 ? true : undefined,
    );

    expect((await call(short.uri, 'GET', '/subscriber/here')).status).toBe(200);
  });

  test('nobody is removed while the core is young', async () => {
    const young = await core({ timers: { absentAfter: 0, check: 5 } });
    await callJson(young.uri, 'POST', '/subscriber/away/collect');
    let checks = 0;

    await eventually(() => ((checks += 1) > 5 ? true : undefined));

    expect((await call(young.uri, 'GET', '/subscriber/away')).status).toBe(200);
  });
});
