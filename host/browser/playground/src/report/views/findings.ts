/** What correlation rules found, as cards with their attempts. */
import { html, nothing } from 'lit-html';
import { attemptsOf } from '../selection';
import { duration, span } from '../time';
import { type Finding, OUTCOMES, type Trail, text } from '../trail';
import { PAGE, type View } from '../view';
import { amount, counted, words } from '../words';
import { rows } from './attempts';

/** How many attempts a card lists. */
const LISTED = 20;

export function cards(report: View, shown: Finding[]) {
  const { findings } = report.trail;
  const cards = shown.slice(0, report.pages.cards * PAGE);
  return html`
    <section aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      ${findings.length === 0
        ? html`<p>No rule found anything.</p>`
        : html`<p>
            ${counted(shown.length, 'finding')}${shown.length < findings.length ? ` in what is shown, of ${findings.length}` : ''}, the most
            severe first.
          </p>`}
      <div class="cards">${cards.map((finding) => card(report, finding))}</div>
      ${cards.length < shown.length ? html`<button @click=${() => report.more('cards')}>More findings</button>` : nothing}
    </section>
  `;
}

function card(report: View, finding: Finding) {
  const { rule, severity, key, count, matches, first, last } = finding;
  const attempts = attemptsOf(report.trail, finding);
  const { zone } = report.selection;
  return html`
    <article class="card ${severity ?? ''}" data-state=${finding.state ?? ''} aria-label="${severity ?? ''} ${rule}">
      <h3><span class="severity">${severity ?? 'no severity'}</span> ${rule}</h3>
      <p>
        ${span(first, last, zone)}${last > first ? html` <span class="faint">(${duration(last - first)})</span>` : nothing}<br />
        ${matches === null ? counted(count, 'match').replace(/matchs/, 'matches') : counted(matches, 'match').replace(/matchs/, 'matches')}
      </p>
      <dl>
        ${Object.entries(key).map(([name, value]) => entry(words(name), name === 'identity' ? named(report.trail, value) : value))}
        ${attempts.length === 0 ? nothing : html`${involved(report.trail, key, attempts)} ${entry('outcomes', outcomes(report.trail, attempts))}`}
      </dl>
      <button @click=${() => report.showFinding(finding)}>Show this time</button>
      ${attempts.length === 0
        ? nothing
        : html`
            <details>
              <summary>${counted(attempts.length, 'attempt')}</summary>
              <div class="scroll" tabindex="0" role="region" aria-label="Attempts of ${rule}">${rows(report, attempts.slice(0, LISTED))}</div>
              ${attempts.length > LISTED ? html`<p>and ${attempts.length - LISTED} more</p>` : nothing}
            </details>
          `}
    </article>
  `;
}

const entry = (name: string, value: unknown) => html`<dt>${name}</dt><dd>${value}</dd>`;

/** An identity by its name, too. */
function named({ people }: Trail, id: string) {
  const name = people.find((person) => person.id === id)?.name;
  return name && name !== id ? html`${name} <span class="faint id">${id}</span>` : id;
}

/** Who it was and from where, if the rule does not count by it. */
function involved({ people, person, attempts, data }: Trail, key: Finding['key'], indices: number[]) {
  const who = new Set(indices.map((index) => people[person[index]!]!.name));
  const from = new Set(indices.map((index) => text(data, attempts.source_ip[index]) ?? '(none)'));
  const hasWho = ['identity', 'user', 'principal_id'].some((name) => name in key);
  return html`${hasWho ? nothing : entry('who', some(who))} ${'source_ip' in key ? nothing : entry('from', some(from))}`;
}

/** How many are named. */
const NAMED = 3;

const some = (names: Set<string>) =>
  [...names].slice(0, NAMED).join(', ') + (names.size > NAMED ? ` and ${amount(names.size - NAMED)} more` : '');

function outcomes({ outcome }: Trail, indices: number[]) {
  return OUTCOMES.flatMap((name, place) => {
    const count = indices.filter((index) => outcome[index] === place).length;
    return count === 0 ? [] : [html`<span class="swatch ${name}"></span>${name} ${amount(count)} `];
  });
}
