import { expect, test } from '@jest/globals';
import { describeWith } from './describe-with.ts';
import { awsReplay, moto } from './emulators.ts';
import { graphDiff } from './graph-diff.ts';
import { realCore } from './real-core.ts';
import { shared } from './shared-dir.ts';

const emulator = await moto();
const replay = await awsReplay();
const core = await realCore();
const diff = await graphDiff();
const files = shared();

describeWith('moto', [emulator], () => {
  test('answers on its address until it is stopped', async () => {
    const server = await emulator.start();
    const answer = await fetch(`${server.url}/moto-api/data.json`);
    await server.stop();

    expect(answer.status).toBe(200);
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describeWith('the replay server', [replay], () => {
  test('takes options of its command line', async () => {
    const server = await replay.start(['--fixtures', files.path('reference/aws/fixtures'), '--account', '42']);
    const calls = await fetch(`${server.url}/_calls`);
    await server.stop();

    expect(await calls.json()).toEqual([]);
  });

  test('says why it does not start', async () => {
    await expect(replay.start()).rejects.toThrow(/arguments are required: --fixtures/);
  });
});

describeWith('the real core', [core], () => {
  test('answers on its control port', async () => {
    const running = await core.start();
    const status = await running.control('status');
    const ready = await fetch(`${running.url}/system/ready`);
    await running.stop();

    expect(status).toMatchObject({ core: 'R', restarts: 0 });
    expect(ready.status).toBe(200);
  });
});

describeWith('the comparison of graphs', [diff], () => {
  test('finds a graph equal to itself and different from another one', async () => {
    const golden = files.path('reference/aws/golden/moto/r39.ndjson');
    const other = files.path('reference/aws/golden/moto/f43.ndjson');

    expect(await diff.compare(golden, golden)).toMatchObject({ equal: true });
    expect(await diff.compare(golden, other)).toMatchObject({ equal: false });
  });
});
