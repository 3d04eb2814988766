/** Every text of the page. */
import type { Kind, Mfa, Outcome, Principal, Reason, Verdict, WithoutRecord } from '../generated/sekisho_browser.js';

/** Rules that only say where records are. */
const placed = (path: string) => `{"record": ["${path}"], "rules": []}`;

export const texts = {
  title: 'sekisho playground',
  lead: 'Paste a CloudTrail record: see what sign-in it was, and why. Nothing leaves this browser.',
  theme: 'Colours',
  themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
  share: 'Copy link',
  shared: 'The link is copied. It contains the records and the rules: everybody who opens it sees them.',
  inAddress: 'The link is in the address bar; this browser does not let the page copy it.',
  sharedFile: 'The link is copied. It contains this one record and the rules, not the file.',
  shareTooLong: (kilobytes: number) =>
    `Too much for a link: ${kilobytes} KB packed, 64 KB is the most. Choose one record first.`,
  badLink: 'The link is damaged and cannot be opened.',

  examples: 'Examples',
  trail: 'A trail of three days',
  trailNote: '308 invented records in 20 files, 118 of them sign-ins, with an attack in the night',
  notBeside: (file: string) => `${file} could not be loaded: it belongs beside the page.`,
  seven: [
    'No such user',
    'No MFA, right password',
    'No MFA, wrong password',
    'MFA, both right',
    'MFA, wrong password',
    'MFA, wrong code',
    'MFA, both wrong',
  ],
  groups: {
    article: 'The seven sign-ins',
    today: 'Records of every kind and era',
    lookalikes: 'Lookalikes',
  },

  records: 'Records',
  recordsLabel: 'Records: JSON, NDJSON, or anything that CloudTrail writes',
  placeholder:
    'Paste a record, an EventBridge event, a file with Records, or lines of them; or drop a file here: JSON, CSV or a log, plain or compressed by gzip or zstd.',
  open: 'Open file…',
  format: 'Format',
  undo: 'Undo',
  redo: 'Redo',
  clear: 'Clear',
  drop: 'Drop the file to read it here',
  fileOpen: (name: string) => `${name}: the record chosen in the list`,
  closeFile: 'Close file',
  files: (count: number) => `${amount(count)} files`,
  mixedFiles: 'Drop files of one compression at a time: gzip, zstd, or none.',

  answer: 'Answer',
  starting: 'Starting the engine…',
  failed: (reason: string) => `The engine stopped: ${reason}. Reload the page to restart it.`,
  nothing: 'Nothing to read yet. Choose an example, paste records, or drop a file.',
  notOurs: 'Not a sign-in record: hosts pass it on unchanged.',
  notOursWhy:
    'A sign-in record has the eventSource of sign-ins, compared exactly. A record of another service that only looks like one is none.',
  ruleOnly: 'Not a sign-in record, but a rule matches it.',
  silenced: (rules: string[], entries: number[]) =>
    `Silenced for ${rules.join(', ')} by ${entries.map((entry) => `silence[${entry}]`).join(', ')}`,
  refused: 'This cannot be read. Hosts pass it on unchanged, and count it.',
  verdict: 'What a host returns',
  copyVerdict: 'Copy result',
  form: 'Form',
  forms: { verdict: 'Verdict', ecs: 'ECS', ocsf: 'OCSF' },
  copied: 'Copied.',
  notCopied: 'This browser does not let the page copy.',
  key: 'Value',
  why: 'The line of the truth table that applies',
  fields: 'Because of',
  absent: 'is absent',
  inText: 'in JSON text',
  back: 'Back to the list',
  chosen: (record: number) => `Record ${record + 1}`,

  readingFile: 'Reading',
  cancel: 'Stop',
  list: 'List',
  timeline: 'Attempts',
  filter: 'Search',
  filterNote: 'user, address, event, rule…',
  outcomes: 'Outcome',
  all: 'all',
  noSignin: 'no sign-in',
  unreadable: 'unreadable',
  columns: {
    time: 'Time',
    outcome: 'Outcome',
    event: 'Event',
    user: 'User',
    source_ip: 'Source IP',
    reason: 'Reason',
    principal: 'Principal',
    mfa: 'MFA',
    rules: 'Rules',
  },
  counts: (records: number, signins: number) =>
    `${amount(records)} record${records === 1 ? '' : 's'}, ${amount(signins)} sign-in${signins === 1 ? '' : 's'}`,
  readErrors: (count: number) => `${amount(count)} part${count === 1 ? '' : 's'} of the text cannot be read:`,
  readError: (offset: number, message: string) => `${message} (byte ${amount(offset)})`,
  noRecordAtAll: 'There is no CloudTrail record in it.',
  withoutRecord: ({ count, keys, path, empty_list }: WithoutRecord) =>
    count === 1 && empty_list
      ? `No records: the list ${empty_list} is empty.`
      : `${count === 1 ? 'One item holds' : `${amount(count)} items hold`} no CloudTrail record. ` +
        (keys ? `The first has the keys ${keys}. ` : '') +
        (path ? `Say where it is in the rules: ${placed(path)}.` : `If one is in it, say where in the rules, as in ${placed('data.aws')}.`),
  leftOut: (count: number) =>
    `${amount(count)} more are counted but not listed: the list keeps 512 MB of records.`,
  rowsFound: (count: number, of: number) =>
    count === 0 ? 'No record passes the filters.' : count === of ? `${amount(of)} listed` : `${amount(count)} of ${amount(of)} listed`,
  signins: 'Sign-ins',

  compareWith: 'Compare with another record',
  compareOne: (what: string) => `Compare ${what}`,
  compareNext: 'One record is chosen to be compared: choose the other.',
  comparison: 'Two records',
  verdicts: 'Verdict',
  fieldsDiffer: (count: number, of: number) => `${amount(count)} of ${amount(of)} fields differ`,
  onlyDifferent: 'Only what differs',
  differs: 'differs:',
  field: 'Field',
  record: 'Record',
  wholeText: 'the text',
  close: 'Close',

  saveReport: 'Save report',
  engine: 'the engine of the playground',
  noAttempts: 'No attempts: no record belongs to a sign-in by a user.',

  rules: 'Rules',
  rulesLabel: 'Rules: an EventBridge event pattern, or an object with rules',
  rulesPlaceholder: 'An Amazon EventBridge event pattern, as it is: {"detail": {"eventName": ["ConsoleLogin"]}}',
  rulesNone: 'No rules',
  rulesFailures: 'Failed sign-ins',
  rulesUnknown: 'Unknown users',
  rulesWidespread: 'The rule that misses them',
  rulesBuiltin: 'The built-in rules',
  matches: 'Matches',
  noRules: 'Write a pattern, or choose one above.',
  noRecord: 'Choose a record to see why rules match it.',
  invalid: 'The rules are invalid; the previous ones stay in effect:',
  ruleCounts: (matching: number, rules: number) => `${amount(matching)} of ${amount(rules)} rules match this record`,
  ofAttempts: (count: number) =>
    `${amount(count)} more ${count === 1 ? 'is' : 'are'} matched against attempts: see the tab Attempts.`,
  matching: (records: number) => `matches ${amount(records)} record${records === 1 ? '' : 's'}`,
  yes: 'yes',
  no: 'no',
  oneOf: (place: string) => `one of these, in ${place || 'the event'}`,
  allOf: 'all of these',
  constraint: (path: string, expected: string) => `${path} ${expected}`,
  found: (found: string[]) => (found.length === 0 ? 'which is absent' : `found ${found.join(', ')}`),

  measure: 'Measure speed',
  measuring: 'Measuring…',
  read: (records: number, bytes: string, time: string) =>
    `${amount(records)} record${records === 1 ? '' : 's'}, ${bytes}, read in ${time}.`,
  measured: (perSecond: string, megabytes: string, records: number) =>
    `${perSecond} records a second, ${megabytes} MB/s, in one worker of this browser: reading, decompressing, splitting and classifying ${amount(records)} records; the median of three rounds.`,
  promise: 'The policy of this page forbids every connection; the page works offline.',
};

/** A number with separators. */
export function amount(count: number) {
  return count.toLocaleString('en');
}

/** A name of a verdict in words. */
export const words = (name: string) => name.replaceAll('_', ' ');

const who: Record<Principal, string> = {
  root: 'The root user',
  iam_user: 'An IAM user',
  sso_role: 'Somebody from IAM Identity Center',
  saml_role: 'Somebody from a SAML provider',
  assumed_role: 'An assumed role',
  federated_user: 'A federated user',
  identity_center_user: 'An Identity Center user',
  web_identity: 'A web identity',
  aws_account: 'An AWS account',
  unknown_user: 'A user that does not exist',
  unknown: 'Somebody',
  directory_user: 'A user of a WorkSpaces directory',
};

/** The action of each kind: after a success, and as a try. */
const deeds: Record<Kind, [done: string, tried: string]> = {
  console_login: ['signed in to the console', 'sign in to the console'],
  mfa_check: ['passed the check for MFA', 'pass the check for MFA'],
  role_switch: ['switched to a role', 'switch to a role'],
  role_exit: ['left a role', 'leave a role'],
  role_renew: ['renewed the session of a role', 'renew the session of a role'],
  signin_token: ['made a sign-in token', 'make a sign-in token'],
  password_recovery: ['went through password recovery', 'go through password recovery'],
  account_change: ['changed the root user’s password, address or account name', 'change the root user’s password, address or account name'],
  external_idp_login: ['came in from another identity provider', 'come in from another identity provider'],
  idc_challenge: ['answered a challenge of Identity Center', 'sign in to Identity Center'],
  idc_verification: ['had a credential verified by Identity Center', 'have a credential verified by Identity Center'],
  idc_authentication: ['signed in to Identity Center', 'sign in to Identity Center'],
  portal_session: ['used the access portal', 'use the access portal'],
  other_signin: ['left a sign-in record of an unknown kind', 'do something unknown at sign-in'],
  not_signin: ['did something else', 'do something else'],
  oauth_authorization: ['allowed a program to sign in', 'allow a program to sign in'],
  oauth_token: ['got a token for a program', 'get a token for a program'],
  oauth_refresh: ['renewed the token of a program', 'renew the token of a program'],
  portal_token: ['signed a program in to the access portal', 'sign a program in to the access portal'],
  portal_refresh: ['renewed the access portal’s token of a program', 'renew the access portal’s token of a program'],
  role_credentials: ['got the credentials of a role from the access portal', 'get the credentials of a role from the access portal'],
};

const because: Record<Reason, string> = {
  unknown_user: 'there is no such user',
  bad_password: 'wrong password',
  bad_password_or_mfa: 'wrong password or wrong MFA code; the records do not show which',
  bad_factor: 'a password, code or key was wrong',
  external_idp_error: 'the identity provider’s answer was not accepted',
  access_denied: 'access denied',
  other: 'for a reason of another kind',
  resource_policy: 'stopped by a resource-based policy',
  resource_control_policy: 'stopped by a resource control policy',
};

const factor: Record<Mfa, string> = {
  used: ', with MFA',
  not_used: ', without MFA',
  pending: '',
  external: '; only the identity provider knows whether MFA was used',
  unknown: '',
};

function challenge(kind: Kind, mfa: Mfa) {
  if (kind === 'idc_verification') return 'gave a credential that is right';
  if (mfa === 'external') return 'is redirected to another identity provider';
  return mfa === 'pending' ? 'must pass MFA' : 'must give a credential';
}

/** Describes a verdict in plain English. */
export function describe({ kind, outcome, reason, principal, mfa }: Verdict): string {
  if (kind === 'not_signin') return texts.ruleOnly;
  const [done, tried] = deeds[kind];
  const why = reason ? `: ${because[reason]}` : '';
  const subject = who[principal];
  const ends: Record<Outcome, string> = {
    success: `${subject} ${done}${factor[mfa]}.`,
    failure: `${subject} failed to ${tried}${why}.`,
    denied: `${subject} was not allowed to ${tried}${why}.`,
    challenged: `${subject} ${challenge(kind, mfa)}; the sign-in is not over.`,
    unknown: `${subject} may have tried to ${tried}: the record does not say how it ended.`,
  };
  return ends[outcome];
}
