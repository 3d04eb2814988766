/** Assembles the page. */
import { render } from 'lit-html';
import { actions as makeActions } from './actions';
import { Editor } from './editors';
import { engine } from './engine';
import { List } from './list';
import { keepingRows } from './scrolling';
import { state } from './state';
import { texts } from './texts';
import { answer } from './views/answer';
import { examples } from './views/examples';
import { footer } from './views/footer';
import { header } from './views/header';
import { recordsBar } from './views/records';
import { matches, rulesBar } from './views/rules';

const element = (id: string) => document.getElementById(id)!;

const records = new Editor(element('records-editor'), texts.recordsLabel, texts.placeholder, () =>
  actions.recordsChanged(),
);
const rules = new Editor(element('rules-editor'), texts.rulesLabel, texts.rulesPlaceholder, () =>
  actions.rulesChanged(),
);

/** The interval of drawing while a file is read: long lists take a while to draw. */
const READING_MILLISECONDS = 200;
let isScheduled = false;

/** Schedules one drawing for all changes of a moment. */
function update() {
  if (isScheduled) return;
  isScheduled = true;
  const wait = state.isReading && state.file ? READING_MILLISECONDS : 0;
  setTimeout(() => requestAnimationFrame(draw), wait);
}

function draw() {
  isScheduled = false;
  render(header(state, actions), element('header'));
  render(recordsBar(state, actions, records.text), element('records-bar'));
  keepingRows(list, () => render(answer(state, list, actions), element('answer')));
  render(rulesBar(actions), element('rules-bar'));
  render(matches(state), element('matches'));
  render(footer(state, actions), element('footer'));
}

const list = new List(update);
const actions = makeActions(state, list, records, rules, update, draw);

/** Accepts files that are dropped anywhere on the page. */
function drops() {
  const { body } = document;
  body.dataset.drop = texts.drop;
  addEventListener('dragover', (event) => {
    event.preventDefault();
    body.classList.add('dropping');
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) body.classList.remove('dropping');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    body.classList.remove('dropping');
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void actions.openFiles(files);
  });
}

declare global {
  /** For the browser's console: `await sekisho.classify(new TextEncoder().encode('{…}'))`. */
  var sekisho: typeof engine;
}
globalThis.sekisho = engine;

render(examples(actions), element('examples'));
drops();
addEventListener('hashchange', () => void actions.openLink());
actions.theme(actions.lastTheme());
addEventListener('unhandledrejection', ({ reason }) => fail(reason));
actions.start().catch(fail);

/** The engine has crashed, on its last task. */
function fail(reason: unknown) {
  state.failed = reason instanceof Error ? reason.message : String(reason);
  update();
}
