/** Kinds of this plugin, as patterns: graphs to compare with may have more. */
export const ownKinds = [
  'aws_alb',
  'aws_alb_target_group',
  'aws_autoscaling_group',
  'aws_cloudformation_*',
  'aws_cloud_formation_*',
  'aws_cloudwatch_*',
  'aws_ec2_*',
  'aws_elb',
  'aws_vpc',
  'aws_vpc_*',
  'aws_iam_*',
  'aws_root_user',
  'aws_s3_*',
  'aws_service_quota',
  'aws_sqs_*',
  'aws_sns_*',
  'aws_eks_*',
  'aws_dynamodb_*',
  'aws_lambda_*',
  'aws_rds_*',
  'aws_region',
  'aws_account',
];

/** Properties the reference reads wrong; the README has the reasons. */
export const readRight = ['aws_elb:reported.elb_attributes*', 'aws_elb:usage.status_code_*'];

export interface GraphDifferences {
  readonly extraEdges: readonly string[];
  readonly nodesFound?: string;
  readonly extraNodes?: string;
  readonly nodesEqual?: string;
  readonly edgesFound?: string;
  readonly deferredFound?: string;
  readonly extraDeferred?: string;
}

/** The last line of the report of a comparison, and which edges it lists as extra. */
export function differencesOf(report: string): GraphDifferences {
  const summary =
    /nodes found (?<nodesFound>[\d.]+) % \(\d+\/\d+, (?<extraNodes>\d+) extra\), nodes equal (?<nodesEqual>[\d.]+) %.*edges (?<edgesFound>[\d.]+) %.*deferred (?<deferredFound>[\d.]+) % \(\d+\/\d+, (?<extraDeferred>\d+) extra\)/.exec(
      report,
    )?.groups;
  const [, extra = ''] = report.split('extra edges\n');
  const edges = extra.matchAll(/^ +(\S+ -> \S+ \[\w+\]) +(\d+) x/gm);
  return { ...summary, extraEdges: Array.from(edges, ([, edge, count]) => `${edge} ${count}`).toSorted() };
}
