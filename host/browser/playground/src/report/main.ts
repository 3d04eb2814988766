/** The script of a report: it reads the data in its page. */
import { html, render } from 'lit-html';
import type { Data } from './data';
import { Report } from './report';
import { counted } from './words';
import './page.css';

const data: Data = JSON.parse(document.getElementById('data')!.textContent!);
let isScheduled = false;

/** Schedules one drawing for all changes of a moment. */
function update() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(draw);
}

function draw() {
  isScheduled = false;
  const { order, findings } = report.trail;
  render(
    html`
      <header>
        <h1>Sign-ins to AWS</h1>
        <p>${counted(order.length, 'attempt')}, ${counted(findings.length, 'finding')}</p>
      </header>
      ${order.length === 0 ? html`<p>No attempts: no record belongs to a sign-in by a user.</p>` : ''}
      <main>${report.render(true)}</main>
    `,
    document.body,
  );
}

const report = new Report(data, update);
draw();
