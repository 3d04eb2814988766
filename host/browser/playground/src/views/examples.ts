/** The gallery: rows of the conformance suite, each one click away. */
import { html } from 'lit-html';
import rows from 'virtual:rows';
import type { Actions } from '../actions';
import type { Example } from '../example';
import { texts } from '../texts';

/** Proper names of words in the name of a row. */
const NAMES: Record<string, string> = {
  aws: 'AWS',
  iam: 'IAM',
  idc: 'Identity Center',
  mfa: 'MFA',
  saml: 'SAML',
  sso: 'SSO',
  workspaces: 'WorkSpaces',
};

/** A row's name in words: `today-iam-user-no-mfa` as `IAM user no MFA`. */
function title(name: string) {
  const [, ...slugs] = name.split('-');
  const words = slugs.map((word) => NAMES[word] ?? word).join(' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

/** The note of a row, without its reference to the tables. */
const said = (note: string) => note.replace(/^(§\d|truth table|events|traps|arrival|article, line \d): /, '');

/** The seven sign-ins of the article, with their records. */
function article(): Example[] {
  const cases = new Map<string, Example & { records: string[] }>();
  for (const { name, record } of rows.article) {
    const line = name.match(/^article-(\d)/)![1]!;
    const title = `${line}. ${texts.seven[Number(line) - 1]}`;
    const example = cases.get(line) ?? { name: `article-${line}`, title, note: title, records: [] };
    example.records.push(record);
    cases.set(line, example);
  }
  return [...cases.values()];
}

const single = (group: 'today' | 'lookalikes'): Example[] =>
  rows[group].map(({ name, note }) => ({ name, title: title(name), note: said(note) }));

const groups: [string, Example[]][] = [
  [texts.groups.article, article()],
  [texts.groups.today, single('today')],
  [texts.groups.lookalikes, single('lookalikes')],
];

export const examples = (actions: Actions) => html`
  <h2 id="examples-title">${texts.examples}</h2>
  <button class="example" data-example="trail" title=${texts.trailNote} @click=${actions.trail}>${texts.trail}</button>
  ${groups.map(
    ([name, list], index) => html`
      <details ?open=${index === 0}>
        <summary>${name} <span class="faint">${list.length}</span></summary>
        <ul>
          ${list.map(
            (example) => html`
              <li>
                <button class="example" data-example=${example.name} title=${example.note} @click=${() => actions.example(example)}>${example.title}</button>
              </li>
            `,
          )}
        </ul>
      </details>
    `,
  )}
`;
