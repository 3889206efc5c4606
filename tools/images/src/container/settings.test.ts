import { describe, expect, test } from '@jest/globals';

import { containerSettings } from './settings.ts';

describe('key and core', () => {
  test('without variables the worker has the key that everybody knows, and says so', () => {
    const { environment, remarks } = containerSettings({});

    expect(environment).toMatchObject({
      RESOTOWORKER_PSK: 'changeme',
      RESOTOWORKER_RESOTOCORE_URI: 'https://127.0.0.1:8900',
    });
    expect(remarks).toEqual([expect.stringContaining('PSK is not set')]);
  });

  test('an empty PSK means no key', () => {
    const { environment, remarks } = containerSettings({ PSK: '' });

    expect(environment['RESOTOWORKER_PSK']).toBe('');
    expect(remarks).toEqual([]);
  });

  test('variables of the worker win over those of all components', () => {
    const own = { RESOTOWORKER_PSK: 'own', RESOTOWORKER_RESOTOCORE_URI: 'http://own:1' };

    const { environment } = containerSettings({ PSK: 'all', RESOTOCORE_URI: 'http://all:2', ...own });

    expect(environment).toMatchObject(own);
  });

  test('names of 4.x count as well', () => {
    const { environment } = containerSettings({ FIXWORKER_PSK: 'own', FIXCORE_URI: 'http://fix:1' });

    expect(environment).not.toHaveProperty('RESOTOWORKER_PSK');
    expect(environment['RESOTOWORKER_RESOTOCORE_URI']).toBe('http://fix:1');
  });

  test.each([[['local']], [['--help']], [['--psk', 'x']], [['--psk=x']]])(
    'nothing is said about the key for %j',
    (args) => {
      expect(containerSettings({}, args).remarks).toEqual([]);
    },
  );

  test('remarks hold no key', () => {
    expect(containerSettings({ PSK: 'secret', TZ: 'Mars' }).remarks.join()).not.toContain('secret');
  });
});

describe('user', () => {
  test('PUID and PGID say who the worker runs as; 0 is root', () => {
    expect(containerSettings({ PUID: '0', PGID: '20' }).user).toEqual({ uid: 0, gid: 20 });
  });

  test('without them it is an unprivileged user', () => {
    expect(containerSettings({ PUID: '' }).user).toEqual({ uid: 1000, gid: 1000 });
  });

  test.each(['me', '-1', '1e3', '99999999999'])('PUID %s is an error that names it', (PUID) => {
    expect(() => containerSettings({ PUID })).toThrow(`PUID: '${PUID}'`);
  });
});

describe('time zone', () => {
  test.each(['Europe/Berlin', 'UTC', 'America/New_York'])('%s stays', (TZ) => {
    expect(containerSettings({ PSK: '', TZ })).toMatchObject({ environment: { TZ }, remarks: [] });
  });

  test('an unknown one is Etc/UTC, with a remark', () => {
    expect(containerSettings({ PSK: '', TZ: 'Mars/Olympus' })).toMatchObject({
      environment: { TZ: 'Etc/UTC' },
      remarks: [expect.stringContaining("'Mars/Olympus'")],
    });
  });
});

test('what this image does not have is said', () => {
  expect(containerSettings({ PSK: '', USE_DNS_CACHE: 'true' }).remarks).toEqual([
    'USE_DNS_CACHE has no effect: this image has no DNS cache',
  ]);
});
