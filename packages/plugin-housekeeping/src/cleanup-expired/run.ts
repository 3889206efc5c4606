import { quoted, type ActionRun } from '@resoto/worker-core/plugin';

import { Evidence } from '../common/evidence.ts';

// The core derives the time from the tags, and of `never` it derives none. Whole accounts and regions do not expire.
const expiredBefore = (time: Date): string =>
  `/metadata.expires < ${quoted(`${time.toISOString().slice(0, 19)}Z`)} and /desired.clean != true and ` +
  '/metadata.cleaned != true and /metadata.phantom != true and not is("account") and not is("region")';

/** Marks resources whose time is over. */
export const plan: ActionRun = {
  async run(context) {
    const { graph, now } = context;
    const evidence = await Evidence.read(context);
    for await (const node of graph.nodes(expiredBefore(now))) {
      const doubt = evidence.doubt(node, { properties: ['tags', 'ctime'] });
      if (doubt !== undefined) graph.leave(node, doubt);
      else await graph.mark(node, 'Resource is expired');
    }
  },
};
