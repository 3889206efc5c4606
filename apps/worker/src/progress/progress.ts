import type { CollectObserver, CollectReport } from '@resoto/worker-core';

import type { Io } from '../io.ts';
import { plainProgress } from './plain-progress.ts';
import { terminalProgress } from './terminal-progress.ts';

export interface CollectProgress {
  readonly observer: CollectObserver;
  /** The report of the first run that ends. */
  readonly report: Promise<CollectReport>;
  /** Stops showing anything. */
  end(): void;
}

/** What shows the progress of a collect. */
export interface ProgressView {
  readonly observer: CollectObserver;
  end(): void;
}

/** Shows the progress of a collect: a picture that changes on a terminal, lines elsewhere. */
export function collectProgress(io: Io): CollectProgress {
  const view = io.stdout.isTTY === true ? terminalProgress(io.stdout) : plainProgress(io.stdout);
  let resolve: (report: CollectReport) => void;
  const report = new Promise<CollectReport>((resolveReport) => (resolve = resolveReport));
  const observer: CollectObserver = {
    ...view.observer,
    runDone: (done) => {
      view.observer.runDone?.(done);
      resolve(done);
    },
  };
  return { observer, report, end: () => view.end() };
}
