/** The gallery: rows of the conformance suite, each one click away. */
import { html } from 'lit-html';
import rows from 'virtual:rows';
import type { Actions } from '../actions';
import { texts } from '../texts';

type Example = { name: string; note: string; records: string[] };

/** What a row's note says, without its reference to the tables. */
const title = (note: string) => {
  const said = note.replace(/^(§\d+( \w+)?|truth table|events|traps|arrival|article, line \d)[^:]*: /, '');
  return said[0]!.toUpperCase() + said.slice(1);
};

/** The seven sign-ins of the article, with the records that each leaves. */
function article(): Example[] {
  const cases = new Map<string, Example>();
  for (const { name, record } of rows.article) {
    const line = name.match(/^article-(\d)/)![1]!;
    const note = `${line}. ${texts.seven[Number(line) - 1]}`;
    const example = cases.get(line) ?? { name: `article-${line}`, note, records: [] };
    example.records.push(record);
    cases.set(line, example);
  }
  return [...cases.values()];
}

const single = (group: 'today' | 'lookalikes'): Example[] =>
  rows[group].map(({ name, note, record }) => ({ name, note: title(note), records: [record] }));

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
            ({ name, note, records }) => html`
              <li>
                <button class="example" data-example=${name} title=${note} @click=${() => actions.example(records)}>${note}</button>
              </li>
            `,
          )}
        </ul>
      </details>
    `,
  )}
`;
