/**
 * What tests and tools use from outside of the packages: AWS emulators, the code of the real core, recorded answers,
 * and the Python environments these need; and the build of the packages.
 *
 * Each of them is asked for first, and may answer that it is missing; `describeWith` of the entry `./jest` skips by name.
 *
 * @example
 * const replay = await awsReplay();
 * describeWith('EC2 over recorded answers', [replay], () => {
 *   test('lists volumes', async () => {
 *     const server = await replay.start(['--only', 'ec2', '--fixtures', shared().path('reference/aws/fixtures')]);
 *     try { … server.url … } finally { await server.stop(); }
 *   });
 * });
 */
export { buildPackages } from './build-packages.ts';
export { awsReplay, moto, type Emulator } from './emulators.ts';
export { graphDiff, type GraphDiff, type GraphDifference } from './graph-diff.ts';
export { prepareEnvironments } from './environments.ts';
export { realCore, type RealCore, type RunningRealCore } from './real-core.ts';
export { repositoryRoot, shared, sharedDir, type Shared } from './shared-dir.ts';
export { freePort, startServer, type RunningServer, type ServerCommand } from './server.ts';
export type { Needed } from './needed.ts';
