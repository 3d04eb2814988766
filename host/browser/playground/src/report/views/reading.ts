/** What was read, what could not be, and what made the report. */
import { html, nothing } from 'lit-html';
import { OUTCOMES, type Trail } from '../trail';
import { counted } from '../words';

export function unread({ data, outcome }: Trail) {
  const { without_record, skipped, faults, errors, messages } = data.read;
  let unknown = 0;
  for (const place of outcome) if (OUTCOMES[place] === 'unknown') unknown += 1;
  const lines = [
    unknown > 0 && `${counted(unknown, 'attempt')} of unknown outcome: abandoned, or of a shape that is not known`,
    errors > 0 && `${counted(errors, 'part')} of the input could not be read`,
    without_record > 0 && `${counted(without_record, 'item')} without a CloudTrail record`,
    skipped > 0 && `${counted(skipped, 'file')} of another kind, skipped`,
    faults > 0 && `${counted(faults, 'record')} on which the module failed`,
  ].filter((line) => line !== false);
  return html`
    <section aria-labelledby="unread-title">
      <h2 id="unread-title">Unknown and unread</h2>
      ${lines.length === 0 ? html`<p>Nothing: everything was read, and every outcome is known.</p>` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}
      ${messages.length > 0
        ? html`<details><summary>What could not be read</summary><ul>${messages.map((message) => html`<li>${message}</li>`)}</ul></details>`
        : nothing}
    </section>
  `;
}

export function foot({ data }: Trail) {
  const { files, records, signins } = data.read;
  const { program, module, command, redacted } = data.by;
  return html`
    <footer>
      <p>
        From ${counted(records, 'record')}${signins === null ? '' : `, ${counted(signins, 'sign-in')}`}, in ${counted(files, 'file')}.
        ${redacted ? 'Names and ids are replaced by pseudonyms, addresses by their networks.' : nothing}
      </p>
      <p>Made by <code>${command}</code>: ${program}, ${module}. This file needs no connection, and makes none.</p>
    </footer>
  `;
}
