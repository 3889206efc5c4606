/**
 * `npm run demo`: starts an emulator of AWS, fills it, and runs `resotoworker local` against it, so that whoever has no
 * AWS account sees a real AWS graph. Arguments go to the worker.
 */
import { moto } from '@resoto/tools-shared';
import { emptyPriceList } from './price-list.ts';
import { regions, seed } from './seed.ts';

const emulator = await moto(announce);
if (emulator.missing !== undefined) {
  announce(`The demo needs Python 3 for the AWS emulator: ${emulator.missing}`);
  process.exit(1);
}
announce('Starting the AWS emulator moto and filling it');
const { url } = await emulator.start();
const made = await seed(url);
announce(`${made} resources in ${regions.join(' and ')} at ${url}`);

// Nothing of a real account of this machine may take part.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_PRICING: await emptyPriceList(),
  AWS_ACCESS_KEY_ID: 'demo',
  AWS_SECRET_ACCESS_KEY: 'demo',
  AWS_REGION: regions[0],
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  // What the emulator does not know would only be reported as unreadable.
  RESOTOWORKER_OVERRIDE0: `aws.region=${regions.join(',')}`,
  RESOTOWORKER_OVERRIDE1: 'aws.no_collect=aws_ec2_reserved_instances,aws_service_quota',
});
// This process becomes the worker: it has the terminal and the signals, and the emulator ends with it.
const program = new URL('../../../apps/worker/src/main.ts', import.meta.url);
process.argv = [process.execPath, program.pathname, 'local', ...process.argv.slice(2)];
await import(program.href);

function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}
