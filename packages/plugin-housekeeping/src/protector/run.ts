import { quoted, quotedList, sectionValues, type ActionRun } from '@resoto/worker-core/plugin';

import { inAccount } from '../common/account-rules.ts';
import { idOf } from '../common/node.ts';
import { section } from './section.ts';

/** Resources of one kind in one place. */
interface Selection {
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly kind: string;
  readonly ids: readonly string[];
}

/** Protects what is listed. What is not listed any more stays protected. */
export const protect: ActionRun = {
  async run(context) {
    const { graph } = context;
    for (const selection of selections(sectionValues(section, context.config).config)) {
      const missing = new Set(selection.ids);
      for await (const node of graph.nodes(query(selection))) {
        missing.delete(idOf(node));
        await graph.protect(node, `It is listed in ${section.name}`);
      }
      const { cloud, account, region, kind } = selection;
      for (const id of missing)
        context.report('info', `There is no ${kind} ${id} to protect`, [cloud, account, region]);
    }
  },
};

type By<Value> = Readonly<Record<string, Value>>;

function* selections(tree: By<By<By<By<readonly string[]>>>>): Generator<Selection> {
  for (const [cloud, accounts] of Object.entries(tree)) {
    for (const [account, regions] of Object.entries(accounts)) {
      for (const [region, kinds] of Object.entries(regions)) {
        for (const [kind, ids] of Object.entries(kinds)) {
          if (ids.length > 0) yield { cloud, account, region, kind, ids };
        }
      }
    }
  }
}

function query(selection: Selection): string {
  const { region, kind, ids } = selection;
  const place = region === '' ? 'null' : quoted(region);
  return (
    `/reported.id in ${quotedList(ids)} and /reported.kind == ${quoted(kind)} and ` +
    `/ancestors.region.reported.id == ${place} and ${inAccount(selection)}`
  );
}
