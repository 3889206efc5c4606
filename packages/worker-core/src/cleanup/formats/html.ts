import { escaped } from '../../markup.ts';
import type { PlanFile } from '../plan-file.ts';
import { planSvg } from './svg.ts';
import { planText } from './text.ts';

/** A plan as one page that needs nothing else. */
export function planHtml(plan: PlanFile): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Cleanup plan</title>',
    '<style>body{font-family:sans-serif;margin:2em}figure{overflow:auto;margin:0;border:1px solid #ccc}</style></head><body>',
    `<h1>Cleanup plan of ${escaped(plan.created_at)}</h1>`,
    `<p>${plan.summary.deleted} resources of the graph ${escaped(plan.graph)} are deleted, ${plan.summary.stay} stay.</p>`,
    `<figure>${planSvg(plan)}</figure>`,
    `<pre>${escaped(planText(plan))}</pre>`,
    '</body></html>',
    '',
  ].join('\n');
}
