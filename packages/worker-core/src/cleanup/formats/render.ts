import type { PlanFile } from '../plan-file.ts';
import { planDot } from './dot.ts';
import { planHtml } from './html.ts';
import { planSvg } from './svg.ts';
import { planText } from './text.ts';

export const planFormats = ['text', 'json', 'dot', 'svg', 'html'] as const;
export type PlanFormat = (typeof planFormats)[number];

const renderers: Readonly<Record<PlanFormat, (plan: PlanFile) => string>> = {
  text: planText,
  json: (plan) => `${JSON.stringify(plan, undefined, 1)}\n`,
  dot: planDot,
  svg: planSvg,
  html: planHtml,
};

/** A plan as people or programs want to see it. Only `json` can be carried out. */
export function renderPlan(plan: PlanFile, format: PlanFormat): string {
  return renderers[format](plan);
}
