/** Profiles of the shared files, as the vendor's own tools read them. */
import { ConfigError } from '@resoto/worker-core/plugin';
import { loadSharedConfigFiles } from '@smithy/core/config';

type Files = Awaited<ReturnType<typeof loadSharedConfigFiles>>;
type Section = Files['credentialsFile'][string];

/**
 * The profiles of the credentials file that can log in: with a key, or with what leads to one, such as a role or a single
 * sign-on.
 */
export async function credentialProfiles(): Promise<string[]> {
  const { credentialsFile } = await sharedFiles();
  return Object.entries(credentialsFile)
    .filter(([, section]) => canLogIn(section))
    .map(([name]) => name);
}

/**
 * The region a profile names, if it does.
 *
 * @throws ConfigError `unknown_profile` when neither of the shared files has the profile; it names those that are there
 */
export async function regionOfProfile(profile: string): Promise<string | undefined> {
  const { credentialsFile, configFile } = await sharedFiles();
  const sections = [configFile[profile], credentialsFile[profile]].filter((section) => section !== undefined);
  if (sections.length === 0)
    throw unknownProfile(profile, [...Object.keys(credentialsFile), ...Object.keys(configFile)]);
  return sections.map((section) => section['region']).find((region) => region !== undefined);
}

function unknownProfile(profile: string, sections: readonly string[]): ConfigError {
  const names = [...new Set(sections)].filter(isProfileName);
  const [credentials, config] = paths();
  const there = names.length === 0 ? 'There are none.' : `Sections there: ${names.join(', ')}.`;
  return new ConfigError(
    `Cannot read AWS profile "${profile}": no such section in ${credentials} or ${config}. ${there}`,
    {
      code: 'unknown_profile',
      hint: 'Set aws.profiles or AWS_PROFILE to one of them, or add the profile.',
      facts: { profile, sections: names },
    },
  );
}

async function sharedFiles(): Promise<Files> {
  // Read anew each time: a running worker shall see a changed file.
  return loadSharedConfigFiles({ ignoreCache: true });
}

function paths(): [string, string] {
  return [
    process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials',
    process.env['AWS_CONFIG_FILE'] ?? '~/.aws/config',
  ];
}

const ways = [
  'aws_access_key_id',
  'role_arn',
  'sso_session',
  'sso_start_url',
  'credential_process',
  'web_identity_token_file',
  'login_session',
];

function canLogIn(section: Section): boolean {
  return section !== undefined && ways.some((way) => section[way] !== undefined);
}

function isProfileName(name: string): boolean {
  return !/^(sso-session|services)[.\s]/.test(name);
}
