/** What is known of a worker from outside: its health and its numbers. */
import type { CollectReport } from '../collect/report.ts';
import type { Configuration } from '../config/configuration.ts';
import type { SocketState } from '../core-client/socket.ts';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';
import { errorText } from '../errors.ts';
import type { Secrets } from '../log/secrets.ts';
import { Registry } from '../metrics/prom-client.ts';
import { workerMetrics, type WorkerMetrics } from '../metrics/worker-metrics.ts';
import type { ActionPlugin } from '../plugin/action-contract.ts';
import type { Generation } from '../protocol/generation.ts';
import type { ServiceState } from '../services/service-state.ts';
import { Health, type ConditionOptions, type HealthCondition } from '../web/health.ts';
import {
  actionPluginConnection,
  certificateCondition,
  certificateExpiry,
  collectConditions,
  connectionCondition,
  workConditions,
} from '../web/worker-conditions.ts';
import type { ActionPluginState } from './action-plugins.ts';

export class WorkerWatch {
  readonly health: Health;
  readonly metrics: WorkerMetrics;
  /** See `workConditions`. */
  readonly work: ReturnType<typeof workConditions>;
  readonly #collect: ReturnType<typeof collectConditions>;
  readonly #conditions = new Map<string, HealthCondition>();
  readonly #connections = new Map<string, (state: SocketState) => void>();
  #certificate: ReturnType<typeof certificateCondition> | undefined;

  constructor(generation: Generation, secrets: Secrets) {
    this.health = new Health((text) => secrets.redact(text));
    this.metrics = workerMetrics(new Registry(), generation);
    this.work = workConditions(this.health);
    this.#collect = collectConditions(this.health);
  }

  /** A connection that belongs to the worker from now on. */
  connection(name: string): (state: SocketState) => void {
    const note = connectionCondition(this.health, name);
    return (state) => {
      note(state);
      this.metrics.connection(name, state);
    };
  }

  collectEnded(report: CollectReport): void {
    this.metrics.collectEnded(report);
    this.#collect(report);
  }

  actionPlugin(className: string, state: ActionPluginState): void {
    const name = actionPluginConnection(className);
    switch (state.is) {
      case 'starting':
        this.#condition(name, { ready: true });
        return;
      case 'ended':
        this.#conditions.get(name)?.remove();
        return;
      case 'failed':
        this.#condition(name, { ready: true }).set(false, state.error.message);
        return;
      default: {
        const connection = this.#connections.get(name) ?? this.connection(name);
        this.#connections.set(name, connection);
        connection(state);
      }
    }
  }

  /** An action plugin whose section cannot be used answers every action with an error. Tell it of every configuration. */
  sections(actions: readonly ActionPlugin[], configuration: Configuration): void {
    for (const { section } of actions) {
      const name = `Section ${section.name}`;
      const isOff = configuration.section(section.name)['enabled'] === false;
      const error = isOff ? undefined : configuration.sectionError?.(section.name);
      if (error !== undefined) this.#condition(name).set(false, errorText(error));
      else this.#conditions.get(name)?.set(true);
    }
  }

  service(state: ServiceState): void {
    const condition = this.#condition(`Service ${state.name}`);
    if (state.is === 'starting' && state.restarts > 0) this.metrics.pluginRestarted(state.name);
    if (state.is === 'failed') condition.set(false, state.error.message);
    if (state.is === 'running' || state.is === 'ended') condition.set(true);
  }

  /** The certificate of the web server, now and whenever it is renewed. */
  certificate({ cert }: ServerIdentity): void {
    const expires = certificateExpiry(cert);
    this.#certificate ??= certificateCondition(this.health);
    this.#certificate.renewed(expires);
    this.metrics.certificate('worker', expires);
  }

  /** No work is taken from now on. */
  stopping(): void {
    this.health.condition('Shutdown', { ready: true }).set(false, 'the worker stops');
  }

  close(): void {
    this.#certificate?.remove();
  }

  #condition(name: string, options?: ConditionOptions): HealthCondition {
    const condition = this.#conditions.get(name) ?? this.health.condition(name, options);
    this.#conditions.set(name, condition);
    return condition;
  }
}
