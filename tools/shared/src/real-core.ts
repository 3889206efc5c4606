import { realCoreEnvironment } from './environments.ts';
import { MissingToolError, type Needed } from './needed.ts';
import { freePort, startServer, type RunningServer } from './server.ts';
import { shared } from './shared-dir.ts';

/** The code of Resoto Core 3.9 on a database in memory. */
export interface RealCore extends Needed {
  /**
   * Starts one and waits until it answers. `options` as its own command line, without ports.
   * Throws `missing_tool` when it is missing.
   */
  start(options?: readonly string[]): Promise<RunningRealCore>;
}

export interface RunningRealCore extends RunningServer {
  /** Sends a request to the control port and returns its JSON answer. Throws on an answer that is no success. */
  control(request: string, body?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export async function realCore(): Promise<RealCore> {
  const files = shared();
  const environment = files.missing === undefined ? await realCoreEnvironment() : undefined;
  const missing = files.missing ?? environment?.missing;
  return {
    missing,
    async start(options = []) {
      const python = environment?.python;
      if (python === undefined) throw new MissingToolError(String(missing));
      const [port, controlPort] = [await freePort(), await freePort()];
      const server = await startServer({
        python,
        command: [
          files.path('tools/real-core/real_core.py'),
          ...['--port', String(port), '--control-port', String(controlPort), ...options],
        ],
        ready: /real core \w+: port (\d+)/,
      });
      const core: RunningRealCore = {
        ...server,
        url: `http://127.0.0.1:${port}`,
        async control(request, body = {}) {
          const response = await fetch(`http://127.0.0.1:${controlPort}/${request}`, {
            method: 'POST',
            body: JSON.stringify(body),
          });
          const text = await response.text();
          if (!response.ok) throw new Error(`The control port refused ${request} with ${response.status}: ${text}`);
          const answer: unknown = JSON.parse(text);
          return answer;
        },
      };
      await untilAnswering(core);
      return core;
    },
  };
}

async function untilAnswering(core: RunningRealCore): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      await core.control('status');
      return;
    } catch (error) {
      if (Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      await core.stop();
      throw new Error(`The real core does not answer. It printed:\n${core.output()}`, { cause: error });
    }
  }
}
