/** The conditions of a worker: names of the reference where it has them, and what they mean for probes. */
import { X509Certificate } from 'node:crypto';
import type { CloudReport, CollectReport } from '../collect/report.ts';
import type { SocketState } from '../core-client/socket.ts';
import { errorText } from '../errors.ts';
import { longestTimer } from '../time-limit.ts';
import type { Health, HealthCondition } from './health.ts';

/** Names of the connections of a worker, as the reference has them. */
export const connectionNames = { config: 'Config Listener', actions: 'CoreActions', tasks: 'CoreTasks' } as const;

/** Name of the connection of an action plugin. */
export function actionPluginConnection(className: string): string {
  return `Action Plugin ${className}`;
}

/** Collects in a row that brought nothing of a cloud before that is a matter of health. */
const failuresAtMost = 3;

/**
 * Well while a connection to the core is open. Without it the worker gets no work, so it is not ready; it connects again by
 * itself, so it stays live.
 */
export function connectionCondition(health: Health, name: string): (state: SocketState) => void {
  const condition = health.condition(name, { ready: true });
  return (state) => {
    if (state.is === 'connected') condition.set(true);
    else if (state.is === 'disconnected') condition.set(false, errorText(state.error));
    else if (state.is === 'closed') condition.set(false, 'closed');
  };
}

/**
 * A cloud of which nothing was imported three times in a row is not well, until something is. So are collects that ended three
 * times before any cloud was collected.
 */
export function collectConditions(health: Health): (report: CollectReport) => void {
  const streaks = new Map<string, (failed: boolean) => void>();
  const note = (name: string, failed: boolean): void => {
    const streak = streaks.get(name) ?? failureStreak(health.condition(name, { ok: true }));
    streaks.set(name, streak);
    streak(failed);
  };
  return ({ clouds, error }) => {
    note('Collect', error !== undefined && clouds.length === 0);
    for (const cloud of clouds) note(`Collect ${cloud.cloud}`, !isImported(cloud));
  };
}

function failureStreak(condition: HealthCondition): (failed: boolean) => void {
  let failures = 0;
  return (failed) => {
    failures = failed ? failures + 1 : 0;
    condition.set(failures < failuresAtMost, `failed ${failures} times in a row`);
  };
}

/** The end of the validity of a certificate in PEM, the first of a chain. */
export function certificateExpiry(cert: string): Date {
  return new Date(new X509Certificate(cert).validTo);
}

/**
 * Well until the certificate expires. Tell it of every new certificate.
 *
 * @returns call it with the end of its validity; `remove` when there is none any more
 */
export function certificateCondition(
  health: Health,
  name = 'Certificate',
): { readonly renewed: (notAfter: Date) => void; readonly remove: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const condition = health.condition(name, { ok: true });
  function check(notAfter: Date): void {
    const left = notAfter.getTime() - Date.now();
    condition.set(left > 0, `expired on ${notAfter.toISOString()}`);
    if (left > 0) timer = setTimeout(() => check(notAfter), Math.min(left, longestTimer)).unref();
  }
  return {
    renewed(notAfter) {
      clearTimeout(timer);
      check(notAfter);
    },
    remove() {
      clearTimeout(timer);
      condition.remove();
    },
  };
}

/**
 * Work that is still not done when its time is over, and the time it had to end after that, cannot be helped by anything but a
 * restart: the worker is not live any more.
 *
 * @returns call it when work begins, with its name and milliseconds; call what it returns when the work ended, however it did
 */
export function workConditions(health: Health): (name: string, limit: number) => () => void {
  let last = 0;
  return (name, limit) => {
    const number = (last += 1);
    let condition: HealthCondition | undefined;
    const timer = setTimeout(
      () => {
        condition = health.condition(`${name} #${number}`, { live: true });
        condition.set(false, `it did not end within ${Math.round(limit / 1000)} s, and could not be stopped`);
      },
      Math.min(limit, longestTimer),
    ).unref();
    return () => {
      clearTimeout(timer);
      condition?.remove();
    };
  };
}

function isImported({ outcome, accounts }: CloudReport): boolean {
  return outcome === 'complete' || outcome === 'disabled' || accounts.some(({ uploaded }) => uploaded);
}
