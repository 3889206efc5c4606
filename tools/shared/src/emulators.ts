import { emulatorEnvironment, type Announce } from './environments.ts';
import { MissingToolError, type Needed } from './needed.ts';
import { startServer, type RunningServer } from './server.ts';
import { shared } from './shared-dir.ts';

/** A server that answers like a cloud. */
export interface Emulator extends Needed {
  /** Starts one on a free port of 127.0.0.1. Throws `missing_tool` when it is missing. */
  start(options?: readonly string[]): Promise<RunningServer>;
}

/** moto, the emulator of AWS, empty. `python` runs scripts that need boto3; `announce` is told what takes long. */
export async function moto(announce?: Announce): Promise<Emulator & { readonly python: string | undefined }> {
  const { missing, python } = await emulatorEnvironment(announce);
  return {
    missing,
    python,
    async start(options = []) {
      if (python === undefined) throw new MissingToolError(missing);
      return startServer({
        python,
        command: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0', ...options],
        env: { MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
        ready: /Running on (http:\/\/[^\s]+)/,
      });
    },
  };
}

/** The server that answers AWS calls from recorded files. `options` as its own command line, without `--port`. */
export async function awsReplay(): Promise<Emulator> {
  const files = shared();
  const environment = files.missing === undefined ? await emulatorEnvironment() : undefined;
  const missing = files.missing ?? environment?.missing;
  return {
    missing,
    async start(options = []) {
      const python = environment?.python;
      if (python === undefined) throw new MissingToolError(String(missing));
      return startServer({
        python,
        command: [files.path('tools/aws-replay/aws_replay.py'), '--port', '0', ...options],
        ready: /listening on (http:\/\/[^\s]+)/,
      });
    },
  };
}
