import type { Writable } from 'node:stream';

import type { CollectPlace } from '@resoto/worker-core';

import { printable } from '../table.ts';
import { outcomeWords } from './outcome-words.ts';
import type { ProgressView } from './progress.ts';

export interface Terminal extends Writable {
  readonly columns?: number;
  readonly rows?: number;
}

interface Account {
  readonly name: string;
  /** Region → what was listed last there. */
  readonly regions: Map<string, { done: boolean; last: string }>;
  kinds: number;
  problems: number;
  /** How it ended. */
  end?: string;
}

const framePause = 100;
const clearBelow = '\u001b[0J';

/** One line per account and one per region that is being listed, drawn again while it changes. */
export function terminalProgress(terminal: Terminal): ProgressView {
  const accounts = new Map<string, Account>();
  let drawn = 0;
  let changed = false;
  const timer = setInterval(() => draw(), framePause);
  timer.unref();

  function draw(): void {
    if (!changed) return;
    changed = false;
    const lines = picture([...accounts.values()], terminal.rows || 24).map((line) => fit(line, terminal.columns || 80));
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    terminal.write(`${up}\r${clearBelow}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  }

  function account({ cloud, account: name }: CollectPlace): Account {
    const key = `${cloud} ${name}`;
    let known = accounts.get(key);
    if (known === undefined) accounts.set(key, (known = { name: key, regions: new Map(), kinds: 0, problems: 0 }));
    changed = true;
    return known;
  }

  return {
    observer: {
      accountFound: (place) => void account(place),
      regionProgress: ({ region, state, ...place }) => {
        const { regions } = account(place);
        regions.set(region, { done: state === 'done', last: regions.get(region)?.last ?? '' });
      },
      scopeDone: ({ region, kinds: [kind = ''], outcome, ...place }) => {
        const found = account(place);
        found.kinds += 1;
        if (outcome !== 'complete' && outcome !== 'disabled') found.problems += 1;
        const known = region === undefined ? undefined : found.regions.get(region);
        if (known !== undefined) known.last = kind;
      },
      accountDone: (place, { outcome, nodes, edges, seconds }) => {
        account(place).end = `${outcomeWords[outcome]}, ${nodes} nodes, ${edges} edges, ${seconds.toFixed(1)} s`;
      },
      runDone: () => draw(),
    },
    end: () => clearInterval(timer),
  };
}

/** Accounts that run come first; what does not fit on the screen is counted. */
function picture(accounts: readonly Account[], rows: number): readonly string[] {
  const running = accounts.filter(({ end }) => end === undefined);
  const ended = accounts.filter(({ end }) => end !== undefined);
  const lines = [...running, ...ended].flatMap(accountLines);
  const room = Math.max(1, rows - 2);
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`];
}

function accountLines({ name, regions, kinds, problems, end }: Account): string[] {
  if (end !== undefined) return [`✔ ${name}: ${end}`];
  const open = [...regions].filter(([, { done }]) => !done);
  const troubles = problems === 0 ? '' : `, ${problems} not readable`;
  const head = `… ${name}: ${regions.size - open.length} of ${regions.size} regions, ${kinds} kinds listed${troubles}`;
  return [head, ...open.map(([region, { last }]) => `    ${region}  ${last}`)];
}

function fit(text: string, width: number): string {
  const line = printable(text);
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}
