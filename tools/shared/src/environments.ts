import { pythonEnvironment, type PythonEnvironment } from './python.ts';
import { sharedDir, shared } from './shared-dir.ts';

/** Called with a line for people before something that takes long. */
export type Announce = (line: string) => void;

const emulatorPackages = [
  'moto[server,all]==5.2.1',
  'boto3==1.44.5',
  'botocore==1.44.5',
  'python-dateutil==2.9.0.post0',
] as const;

/** With moto, and what the replay server and the seed scripts import. */
export async function emulatorEnvironment(announce?: Announce): Promise<PythonEnvironment> {
  return pythonEnvironment({ name: 'emulators', install: emulatorPackages, announce });
}

/** With the program text of the real core, which is a peer to test against and needs Python 3.11. */
export async function realCoreEnvironment(announce?: Announce): Promise<PythonEnvironment> {
  const constraints = shared().path('tools/real-core/constraints-r.txt');
  const packages = ['setuptools==80.9.0', 'cryptography==41.0.7', 'resotocore==3.9.0'];
  return pythonEnvironment({ name: 'real-core', install: [...packages, '-c', constraints], announce });
}

/** Makes every environment that tests use, so that no test has to wait for one. */
export async function prepareEnvironments(announce: Announce): Promise<void> {
  const environments = [await emulatorEnvironment(announce)];
  if (sharedDir() !== undefined) environments.push(await realCoreEnvironment(announce));
  for (const { missing } of environments) {
    if (missing !== undefined) announce(`Tests that need it are skipped: ${missing}`);
  }
}
