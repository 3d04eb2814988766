/** What correlation rules found, as cards with their attempts. */
import { html, nothing } from 'lit-html';
import { attemptsOf } from '../selection';
import { duration, span } from '../time';
import type { Finding } from '../trail';
import { PAGE, type View } from '../view';
import { counted, words } from '../words';
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
        ${Object.entries(key).map(([name, value]) => html`<dt>${words(name)}</dt><dd>${value}</dd>`)}
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
