import { sectionValues, type ActionContext, type ActionRun } from '@resoto/worker-core/plugin';

import { accountRules, inAccount, requireEntries, type AccountRule } from '../common/account-rules.ts';
import { Evidence } from '../common/evidence.ts';
import { nodesOfKinds } from '../common/kinds.ts';
import { secondsSince, tagOf } from '../common/node.ts';
import { section } from './section.ts';

const markable = '/metadata.protected != true and /metadata.phantom != true and /metadata.cleaned != true';

/** Marks resources without mandatory tags that are older than their account allows. */
export const plan: ActionRun = {
  async run(context) {
    const { config } = sectionValues(section, context.config);
    requireEntries(`${section.name}.config.tags`, config.tags);
    requireEntries(`${section.name}.config.kinds`, config.kinds);
    const path = `${section.name}.config.accounts`;
    const rules = accountRules(path, config.accounts, ({ age }) => age, config.default.age);
    const evidence = await Evidence.read(context);
    for (const rule of rules) await judge(rule, config, evidence, context);
  },
};

async function judge(
  rule: AccountRule,
  { tags, kinds }: { readonly tags: readonly string[]; readonly kinds: readonly string[] },
  evidence: Evidence,
  context: ActionContext,
): Promise<void> {
  const { graph, now } = context;
  for await (const node of nodesOfKinds(
    context,
    kinds,
    `${markable} and /desired.clean != true and ${inAccount(rule)}`,
  )) {
    const missing = tags.filter((tag) => (tagOf(node, tag) ?? '').trim() === '');
    const age = secondsSince(node, 'ctime', now);
    if (missing.length === 0 || (age !== undefined && age <= rule.seconds)) continue;
    const doubt = evidence.doubt(node, { properties: ['tags', 'ctime'] });
    if (doubt !== undefined) graph.leave(node, doubt);
    else if (age === undefined) graph.leave(node, 'the time of its creation is not known');
    else await graph.mark(node, `Missing the required tags ${missing.join(', ')}, and older than ${rule.text}`);
  }
}
