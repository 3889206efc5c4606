import {
  parseDuration,
  quotedList,
  sectionValues,
  type ActionContext,
  type ActionRun,
} from '@resoto/worker-core/plugin';

import { accountRules, inAccount, requireEntries, type AccountRule } from '../common/account-rules.ts';
import { Evidence } from '../common/evidence.ts';
import { tagOf } from '../common/node.ts';
import { section } from './section.ts';

const markable = '/metadata.protected != true and /metadata.phantom != true and /metadata.cleaned != true';

/** Shortens the tag `expiration` of resources to what their account allows. */
export const validate: ActionRun = {
  async run(context) {
    const { config } = sectionValues(section, context.config);
    requireEntries(`${section.name}.config.kinds`, config.kinds);
    const path = `${section.name}.config.accounts`;
    const rules = accountRules(path, config.accounts, ({ expiration }) => expiration, config.default.expiration);
    const evidence = await Evidence.read(context);
    for (const rule of rules) await judge(rule, config.kinds, evidence, context);
  },
};

async function judge(
  rule: AccountRule,
  kinds: readonly string[],
  evidence: Evidence,
  { graph }: ActionContext,
): Promise<void> {
  const query = `${markable} and /reported.kind in ${quotedList(kinds)} and tags.expiration != null and ${inAccount(rule)}`;
  for await (const node of graph.nodes(query)) {
    const expiration = tagOf(node, 'expiration');
    const problem = expiration === undefined ? undefined : problemOf(expiration, rule);
    if (problem === undefined) continue;
    const doubt = evidence.doubt(node, { properties: ['tags'] });
    if (doubt !== undefined) graph.leave(node, doubt);
    else await graph.tag(node, 'expiration', rule.text, problem);
  }
}

function problemOf(expiration: string, { seconds, text }: AccountRule): string | undefined {
  const wanted = parseDuration(expiration);
  if (wanted === undefined) return 'its expiration is no duration';
  return wanted > seconds ? `its expiration is longer than ${text}` : undefined;
}
