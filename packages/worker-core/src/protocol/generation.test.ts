import { expect, test } from '@jest/globals';
import { generationNames } from './generation.ts';

test('each generation spells its headers with its own product name', () => {
  expect(generationNames.resoto.workerHeaders.taskId).toBe('Resoto-Worker-Task-Id');
  expect(generationNames.fix.configRevisionHeader).toBe('Fix-Config-Revision');
  expect(JSON.stringify(generationNames.fix).toLowerCase()).not.toContain('resoto');
});
