import type { Writable } from 'node:stream';

import { printable } from '../table.ts';
import { outcomeWords } from './outcome-words.ts';
import type { ProgressView } from './progress.ts';

/** One line per event that matters: for pipes and log files. */
export function plainProgress(stream: Writable): ProgressView {
  const say = (...parts: readonly string[]): void => void stream.write(`${printable(parts.join(' '))}\n`);
  return {
    observer: {
      runStarted: ({ clouds }) => {
        if (clouds.length > 0) say(`Collecting ${clouds.join(', ')}`);
      },
      accountFound: ({ cloud, account }) => say(`${cloud} ${account}: started`),
      regionProgress: ({ cloud, account, region, state }) => {
        if (state === 'done') say(`${cloud} ${account} ${region}: done`);
      },
      scopeDone: ({ cloud, account, region, kinds: [kind = ''], outcome }) => {
        if (outcome !== 'complete') say(`${cloud} ${account} ${region ?? ''} ${kind}: ${outcomeWords[outcome]}`);
      },
      accountDone: ({ cloud, account }, { outcome }) => say(`${cloud} ${account}: ${outcomeWords[outcome]}`),
    },
    end: () => {},
  };
}
