import type { Logger } from '@resoto/worker-core';

const nothing = (): void => {};

export const silentLog: Logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
