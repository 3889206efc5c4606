/**
 * Tests of plugins: the contract every plugin has to hold, and collects without a worker.
 *
 * @example
 * describe('plugin contract', () => {
 *   pluginContract(plugin, { test, package: new URL('../package.json', import.meta.url) });
 * });
 *
 * test('a box has its color', async () => {
 *   const { lines } = await collectForTest(plugin, { config: { token: 'secret' } });
 *
 *   expect(lines.nodes.find(({ reported }) => reported['id'] === 'box-1')).toMatchObject({ reported: { color: 'red' } });
 * });
 */
export { collectForTest, parseBody, type TestCollect, type TestCollectOptions } from './testing/collect-for-test.ts';
export { graphProblems, type GraphLines } from './testing/graph-problems.ts';
export { modelProblems } from './testing/model-problems.ts';
export { actionPluginContract, type ActionPluginContractOptions } from './testing/action-plugin-contract.ts';
export { pluginContract, type PluginContractOptions } from './testing/plugin-contract.ts';
export { runActionForTest, type TestAction, type TestActionOptions } from './testing/run-action-for-test.ts';
export { recordingLog, type RecordingLog } from './testing/recording-log.ts';
export { eventually } from './testing/eventually.ts';
export {
  ScriptedCore,
  type RecordedRequest,
  type Responder,
  type ScriptedCoreOptions,
} from './testing/scripted-core.ts';
export { page, type ScriptedAnswer } from './testing/scripted/answer.ts';
export { brokenAnswers, brokenBodies } from './testing/scripted/broken-answers.ts';
export { brokenFrames, type BrokenFrame } from './testing/scripted/broken-frames.ts';
export { frameBytes, type RawFrame } from './testing/scripted/frame.ts';
export { seededRandom, type SeededRandom } from './testing/scripted/random.ts';
export type { ScriptedSocket } from './testing/scripted/socket.ts';
export { modelJson } from './kinds/model.ts';
export { nodeId } from './protocol/node-id.ts';
