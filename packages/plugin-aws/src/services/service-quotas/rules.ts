/** Which nodes of a region a quota limits. */
export interface QuotaRule {
  readonly service: string;
  readonly quota: RegExp;
  readonly kind: string;
  /** What the id of such a node looks like. Absent: all nodes of the kind. */
  readonly id?: RegExp;
}

const instanceFamilies: readonly (readonly [name: string, type: RegExp])[] = [
  ['Standard (A, C, D, H, I, M, R, T, Z)', /^[acdhimrtz]\d/],
  ['F', /^f\d/],
  ['G and VT', /^g\d/],
  ['P', /^p\d/],
  ['Inf', /^inf\d/],
  ['X', /^x\d/],
  ['High Memory', /^u(-|\d)/],
  ['DL', /^dl\d/],
];

const volumeTypes = ['gp2', 'gp3', 'standard', 'io1', 'io2', 'sc1', 'st1'];

/** Quotas that match no rule are no nodes. Where several match, the last one counts. */
export const quotaRules: readonly QuotaRule[] = [
  ...instanceFamilies.map(([name, id]) => ({
    service: 'ec2',
    quota: exactly(`Running On-Demand ${name} instances`),
    kind: 'aws_ec2_instance_type',
    id,
  })),
  ...volumeTypes.map((type) => ({
    service: 'ebs',
    quota: new RegExp(`^Storage for.*${type}`),
    kind: 'aws_ec2_volume_type',
    id: exactly(type),
  })),
  { service: 'vpc', quota: exactly('Internet gateways per Region'), kind: 'aws_vpc' },
  { service: 'elasticloadbalancing', quota: exactly('Application Load Balancers per Region'), kind: 'aws_alb' },
  { service: 'elasticloadbalancing', quota: exactly('Classic Load Balancers per Region'), kind: 'aws_elb' },
  { service: 'iam', quota: exactly('Server certificates per account'), kind: 'aws_iam_server_certificate' },
];

export function ruleFor(quota: string, service?: string): QuotaRule | undefined {
  return quotaRules.findLast((rule) => (service === undefined || rule.service === service) && rule.quota.test(quota));
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[()]/g, '\\$&')}$`);
}
