/** The page of a worker: its state in words, and where the rest is. */
import { escaped } from '../markup.ts';
import type { LastRun } from '../metrics/last-run.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { ConditionState, Health } from './health.ts';
import { pathNames } from './paths.ts';

/** What the page shows besides health and collectors. */
export interface WebStatus {
  /** Subscriber id. */
  readonly worker: string;
  /** The last run of each kind of work. */
  readonly runs: readonly LastRun[];
}

export interface StatusPageOptions {
  /** As the client asked for the page. */
  readonly target: string;
  readonly health: Health;
  readonly info: JsonObject;
  readonly status: WebStatus;
}

export function statusPage({ target, health, info, status }: StatusPageOptions): string {
  const base = linkBase(target);
  const link = (name: string, text: string): string => `<a href="${escaped(base + name)}">${escaped(text)}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(status.worker)}</title>
<link rel="icon" type="image/svg+xml" href="${escaped(`${base}icon.svg`)}">
<link rel="stylesheet" href="${escaped(`${base}style.css`)}">
</head>
<body>
<main>
<h1>${escaped(status.worker)}</h1>
${verdict(health)}
<h2>Parts</h2>
${table(['Part', 'State'], health.all().map(conditionRow))}
<h2>Clouds</h2>
<p>${escaped(collectorsText(info))}</p>
<h2>Last runs</h2>
${runsTable(status.runs)}
<h2>More</h2>
<ul>
<li>${link('health', 'Health')}: is every part well?</li>
<li>${link('ready', 'Ready')}: can it take work?</li>
<li>${link('live', 'Live')}: may it go on without a restart?</li>
<li>${link('metrics', 'Metrics')}: numbers for Prometheus</li>
<li>${link('info', 'Info')}: its clouds as JSON</li>
</ul>
</main>
</body>
</html>
`;
}

/** Relative links work behind proxies that shorten the path. Without a slash at its end, they start one level higher. */
function linkBase(target: string): string {
  const [path = ''] = target.split(/[?#]/, 1);
  if (path.endsWith('/')) return './';
  const last = pathNames(target)?.at(-1);
  return last === undefined ? './' : `./${encodeURIComponent(last)}/`;
}

function verdict(health: Health): string {
  if (health.failed('live').length > 0) return '<p class="bad">This worker needs a restart.</p>';
  if (health.failed('ready').length > 0) return '<p class="bad">This worker cannot take work at the moment.</p>';
  if (health.failed('health').length > 0) return '<p class="bad">This worker takes work, but something is wrong.</p>';
  return '<p class="good">This worker is connected and well.</p>';
}

function conditionRow({ name, ok, reason }: ConditionState): readonly string[] {
  const state = ok ? 'well' : `not well${reason === '' ? '' : `: ${reason}`}`;
  return [escaped(name), `<span class="${ok ? 'good' : 'bad'}">${escaped(state)}</span>`];
}

function collectorsText(info: JsonObject): string {
  const active = texts(info['active_collectors']);
  const others = texts(info['all_collectors']).filter((name) => !active.includes(name));
  const first = active.length === 0 ? 'No cloud is enabled.' : `Enabled: ${active.join(', ')}.`;
  return others.length === 0 ? first : `${first} Installed, but not enabled: ${others.join(', ')}.`;
}

function runsTable(runs: readonly LastRun[]): string {
  if (runs.length === 0) return '<p>Nothing has run since the start.</p>';
  const rows = runs.map(({ name, endedAt, seconds, result }) => [
    escaped(name),
    `<time datetime="${endedAt.toISOString()}">${endedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`,
    `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`,
    escaped(result),
  ]);
  return table(['Work', 'Ended', 'Took', 'Result'], rows);
}

/** Cells are HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join('');
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<table>\n<thead><tr>${titles}</tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table>`;
}

function texts(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((element) => (typeof element === 'string' ? [element] : []));
}
