import { errorCode, errorText, quoted, type ActionContext, type NodeRow } from '@resoto/worker-core/plugin';

/**
 * Nodes of kinds, derived ones included, that fulfil a term. A kind the core does not know has no nodes; it is told, because it
 * may be misspelt.
 */
export async function* nodesOfKinds(
  { graph, report }: Pick<ActionContext, 'graph' | 'report'>,
  kinds: readonly string[],
  term: string,
): AsyncGenerator<NodeRow> {
  const seen = new Set<string>();
  for (const kind of new Set(kinds)) {
    try {
      for await (const node of graph.nodes(`is(${quoted(kind)}) and ${term}`)) {
        if (!seen.has(node.id)) yield node;
        seen.add(node.id);
      }
    } catch (error) {
      // The core refuses a search for a kind it does not know.
      if (errorCode(error) !== 'core_refused') throw error;
      report('info', `There are no resources of kind ${kind}: ${errorText(error)}`);
    }
  }
}
