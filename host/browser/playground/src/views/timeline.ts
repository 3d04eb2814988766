/** Attempts in order of time, with the findings of correlation rules. */
import { html, nothing, svg } from 'lit-html';
import type { Attempt, Finding, Outcome, Emitted } from '../../generated/sekisho_browser.js';
import type { State } from '../state';
import { amount, flags, texts, words } from '../texts';

/** How many lines are drawn: nobody reads more. */
const LINES_MAX = 1000;
const BARS_MAX = 72;
const MINUTE = 60_000;
const INTERVALS = [1, 5, 15, 60, 360, 1440, 10_080, 43_200, 525_600].map((minutes) => minutes * MINUTE);
const OUTCOMES: Outcome[] = ['success', 'failure', 'denied', 'challenged', 'unknown'];

type AttemptLine = Extract<Emitted, { type: 'attempt' }>;

/** A line of the timeline: an attempt and similar ones that follow it, or a finding. */
type Line = { first: AttemptLine; alike: AttemptLine[] } | { finding: Finding };

export function timeline({ attempts }: State) {
  if (!attempts) return nothing;
  if (attempts.length === 0) return html`<p class="faint">${texts.noAttempts}</p>`;
  return html`
    ${strip(attempts)}
    <div class="scroll" tabindex="0" role="region" aria-label=${texts.timeline}>
      <table class="list">
        <thead>
          <tr>
            ${Object.values(texts.attemptColumns).map((title) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines(attempts).slice(0, LINES_MAX).map((line) => ('finding' in line ? finding(line.finding) : attempt(line)))}
        </tbody>
      </table>
    </div>
  `;
}

const time = (text: string | null) => text?.replace('T', ' ').replace('Z', '') ?? '';
const clock = (text: string | null) => time(text).slice(11);

/** The name to show: the user or the session, else the id to count by. */
const name = ({ user, identity, principal }: Attempt) =>
  user ?? (principal === 'root' ? 'root' : identity) ?? '';

/** Attempts with the same key are drawn as one line. */
const likeness = (attempt: Attempt) =>
  JSON.stringify([
    attempt.account,
    attempt.identity ?? attempt.user,
    attempt.source_ip,
    attempt.outcome,
    attempt.reason,
    attempt.principal,
    attempt.mfa,
    attempt.flags,
    attempt.rules,
    attempt.silenced_by,
  ]);

function lines(emitted: Emitted[]): Line[] {
  const lines: Line[] = [];
  for (const one of emitted) {
    const last = lines.at(-1);
    if (one.type === 'finding') lines.push({ finding: one });
    else if (last && 'first' in last && one.outcome !== 'success' && likeness(last.first) === likeness(one))
      last.alike.push(one);
    else lines.push({ first: one, alike: [] });
  }
  return lines;
}

function attempt({ first, alike }: { first: AttemptLine; alike: AttemptLine[] }) {
  const notes = [...first.flags.map((flag) => flags[flag]), ...(first.rules ?? [])];
  if (first.silenced) notes.push(texts.silenced(first.silenced, first.silenced_by ?? []));
  if (alike.length > 0) notes.push(texts.more(alike.length, clock(alike.at(-1)!.last_time)));
  return html`
    <tr>
      <td>${time(first.first_time)}</td>
      <td title=${first.principal_id ?? ''}>${name(first)}</td>
      <td>${first.source_ip ?? ''}</td>
      <td class="value ${first.outcome}">${first.outcome}</td>
      <td>${words(first.reason ?? '')}</td>
      <td>${words(first.mfa)}</td>
      <td>${first.events.length}</td>
      <td>${first.failures_before || ''}</td>
      <td>${notes.join(', ')}</td>
    </tr>
  `;
}

function finding({ rule, severity, count, key, first_time, last_time, state, matches }: Finding) {
  const keys = Object.entries(key).map(([name, value]) => `${words(name)} ${value}`);
  return html`
    <tr class="finding">
      <td>${time(last_time ?? first_time)}</td>
      <td colspan="8">▲ <b>${texts.finding(rule, severity)}</b> ${state === 'closed' ? [texts.closed(matches ?? 0), ...keys].join(', ') : texts.findingOf(count, keys.join(', '))}</td>
    </tr>
  `;
}

/** Outcomes over time: a bar for each interval with attempts. */
function strip(emitted: Emitted[]) {
  const placed = emitted.flatMap((one) => {
    const at = one.type === 'attempt' ? Date.parse(one.last_time ?? '') : NaN;
    return Number.isNaN(at) ? [] : [{ at, outcome: (one as AttemptLine).outcome }];
  });
  if (placed.length < 2) return nothing;
  const interval = INTERVALS.find((length) => bars(placed, length).size <= BARS_MAX) ?? INTERVALS.at(-1)!;
  const drawn = [...bars(placed, interval)].sort(([a], [b]) => a - b);
  const highest = Math.max(...drawn.map(([, bar]) => sum(bar)));
  const total = new Map<Outcome, number>();
  for (const { outcome } of placed) total.set(outcome, (total.get(outcome) ?? 0) + 1);
  const label = (number: number) => time(new Date(number * interval).toISOString().slice(0, 16));
  const [from, to] = [label(drawn[0]![0]), label(drawn.at(-1)![0])];
  return html`
    <figure>
      <svg viewBox="0 0 ${drawn.length} 16" preserveAspectRatio="none" role="img" aria-label=${texts.strip(from, to, counts(total))}>
        ${drawn.map(([number, bar], index) => {
          const isAfterGap = index > 0 && drawn[index - 1]![0] !== number - 1;
          let top = 16;
          return svg`
            <g>
              <title>${label(number)}: ${counts(bar)}</title>
              ${isAfterGap ? svg`<path d="M${index} 0V16" class="gap" vector-effect="non-scaling-stroke"></path>` : nothing}
              ${OUTCOMES.map((outcome) => {
                const height = ((bar.get(outcome) ?? 0) / highest) * 15;
                top -= height;
                return height > 0
                  ? svg`<rect class=${outcome} x=${index + 0.1} y=${top} width="0.8" height=${height}></rect>`
                  : nothing;
              })}
            </g>
          `;
        })}
      </svg>
      <figcaption><span>${from}</span><span>${counts(total)}</span><span>${to}</span></figcaption>
    </figure>
  `;
}

type Bar = Map<Outcome, number>;

/** Bars by the number of their interval since 1970. */
function bars(placed: { at: number; outcome: Outcome }[], interval: number): Map<number, Bar> {
  const bars = new Map<number, Bar>();
  for (const { at, outcome } of placed) {
    const number = Math.floor(at / interval);
    const bar = bars.get(number) ?? new Map<Outcome, number>();
    bars.set(number, bar.set(outcome, (bar.get(outcome) ?? 0) + 1));
  }
  return bars;
}

const sum = (bar: Bar) => [...bar.values()].reduce((sum, count) => sum + count, 0);

const counts = (bar: Bar) =>
  OUTCOMES.filter((outcome) => bar.has(outcome)).map((outcome) => `${amount(bar.get(outcome)!)} ${outcome}`).join(', ');
