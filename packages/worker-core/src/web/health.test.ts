import { describe, expect, test } from '@jest/globals';
import { Secrets } from '../log/secrets.ts';
import { Health } from './health.ts';

describe('health', () => {
  test('a condition is not well until it says so', () => {
    const health = new Health();
    const condition = health.condition('CoreActions');
    const before = health.failed('health');

    condition.set(true);

    expect(before).toEqual([{ name: 'CoreActions', reason: 'starting' }]);
    expect(health.failed('health')).toEqual([]);
  });

  test('readiness and liveness see only what concerns them (no. 27)', () => {
    const health = new Health();
    health.condition('Collect aws');
    health.condition('CoreTasks', { ready: true });
    health.condition('collect #1', { live: true });

    const names = (kind: 'health' | 'ready' | 'live') => health.failed(kind).map(({ name }) => name);

    expect(names('health')).toEqual(['Collect aws', 'CoreTasks', 'collect #1']);
    expect(names('ready')).toEqual(['CoreTasks']);
    expect(names('live')).toEqual(['collect #1']);
  });

  test('what is removed counts no more, and cannot remove what took its place', () => {
    const health = new Health();
    const first = health.condition('Action Plugin a');
    const second = health.condition('Action Plugin a');

    first.remove();
    const between = health.failed('health').length;
    second.remove();

    expect(between).toBe(1);
    expect(health.failed('health')).toEqual([]);
  });

  test('reasons are one short line without secrets', () => {
    const secrets = new Secrets();
    secrets.add('correct horse');
    const health = new Health((text) => secrets.redact(text));

    health.condition('CoreActions').set(false, `refused:\r\n- fake ${'x'.repeat(500)}`);
    health.condition('CoreTasks').set(false, 'wrong key correct horse');

    const [actions, tasks] = health.failed('health');
    expect(actions?.reason).toMatch(/^refused: - fake x+…$/);
    expect(actions?.reason).toHaveLength(300);
    expect(tasks?.reason).toBe('wrong key ***');
  });
});
