import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { machineNames } from './machine-names.ts';

test('this machine is localhost, has its host name, and the addresses of the loopback', async () => {
  const { dns, ip } = await machineNames();

  expect(dns).toEqual(expect.arrayContaining(['localhost', hostname()]));
  expect(ip.slice(0, 2)).toEqual(['127.0.0.1', '::1']);
});

test('each name comes once, and each address is one', async () => {
  const { dns, ip } = await machineNames('127.0.0.1');

  expect(new Set(dns).size).toBe(dns.length);
  expect(new Set(ip).size).toBe(ip.length);
  expect(ip.map(isIP)).not.toContain(0);
});

test('an address it is known to have is added, a name is not', async () => {
  const [address, name] = await Promise.all([machineNames('192.0.2.7'), machineNames('core.example')]);

  expect(address.ip).toContain('192.0.2.7');
  expect([...name.ip, ...name.dns]).not.toContain('core.example');
});
