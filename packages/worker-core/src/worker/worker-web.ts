/** The web server of a worker, with the certificate it has at the moment. */
import type { CurrentConfiguration } from '../config/configuration.ts';
import type { Certificates } from '../core-client/tls/certificates.ts';
import { errorCode } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import { startWebServer, type WebServer, type WebServerOptions } from '../web/web-server.ts';
import { workerInfo } from '../web/worker-info.ts';
import type { WorkerWatch } from './worker-watch.ts';

export interface WorkerWebOptions {
  /** Subscriber id. */
  readonly worker: string;
  readonly live: CurrentConfiguration;
  readonly registry: PluginRegistry;
  readonly watch: WorkerWatch;
  /** Absent, or a core on plain HTTP: so is this server. */
  readonly certificates: Certificates | undefined;
  readonly secure: boolean;
  /** Take any free port when that of the configuration is in use. */
  readonly anyPort: boolean;
  readonly log: Log;
}

/**
 * Starts it (worker behaviour 3.1 step 11).
 *
 * @throws ConfigError as `startWebServer`; as `Certificates.identity`
 */
export async function startWorkerWeb(options: WorkerWebOptions): Promise<Pick<WebServer, 'url' | 'close'>> {
  const { certificates, watch, live, anyPort, log } = options;
  const { web_port: port, no_tls: withoutTls } = live.current.worker;
  const identity = options.secure && !withoutTls ? await certificates?.identity() : undefined;
  const serverOptions = { ...webServerOptions(options), identity };
  const server = await startWebServer({ ...serverOptions, port }).catch((error: unknown) => {
    if (!anyPort || errorCode(error) !== 'port_in_use') throw error;
    return startWebServer({ ...serverOptions, port: 0 });
  });
  if (identity === undefined || certificates === undefined) return server;
  watch.certificate(identity);
  const forget = certificates.onRenewed((renewed) => {
    server.renew(renewed);
    watch.certificate(renewed);
    log.info('the web server has a new certificate');
  });
  return {
    url: server.url,
    async close() {
      forget();
      await server.close();
    },
  };
}

function webServerOptions({ worker, live, registry, watch, log }: WorkerWebOptions): Omit<WebServerOptions, 'port'> {
  const { web_host: host, web_path: path } = live.current.worker;
  const installed = registry.collectors.map(({ cloud }) => cloud);
  return {
    ...{ host, path, log: log.child('webserver') },
    health: watch.health,
    metrics: () => watch.metrics.text(),
    info: () => workerInfo(live.current.worker.collector, installed),
    status: () => ({ worker, runs: watch.metrics.lastRuns() }),
  };
}
