/** What users can do on the page. */
import type { Place } from '../generated/sekisho_browser.js';
import { beside } from './beside';
import { compare } from './compare';
import type { Editor, Mark } from './editors';
import { engine } from './engine';
import { format } from './format';
import { type Form, event } from './forms';
import type { List } from './list';
import type { Preset } from './presets';
import { Report } from './report/report';
import type { Column } from './rows';
import { reportData, saveReport } from './save';
import { scrolled } from './scrolling';
import { link, opened } from './share';
import { type Chosen, type State, isSingle, utf16 } from './state';
import { texts } from './texts';
import type { Example } from './example';
import type { Measured } from './worker';

/** How long a notice stays. */
const NOTICE_MILLISECONDS = 4000;
/** How long to wait after the last keystroke. */
const TYPING_MILLISECONDS = 80;
const THEME = 'sekisho-theme';

export type Actions = ReturnType<typeof actions>;

export function actions(state: State, list: List, records: Editor, rules: Editor, update: () => void, draw: () => void) {
  let noticing: ReturnType<typeof setTimeout> | undefined;
  /** Counts choices: a result for an earlier choice is dropped. */
  let choices = 0;
  /** Counts reads: the progress of an earlier read, also of the same file, is dropped. */
  let reads = 0;

  const source = () => state.file?.blob ?? new Blob([records.text]);

  function notice(text: string) {
    clearTimeout(noticing);
    state.notice = text;
    noticing = setTimeout(() => {
      state.notice = undefined;
      update();
    }, NOTICE_MILLISECONDS);
    update();
  }

  /** Does what may fail for want of a file beside the page, and then says so. */
  async function orNotice(task: () => Promise<void>) {
    try {
      await task();
    } catch (error) {
      notice((error as Error).message);
    }
  }

  /** Reads the file or the text of the editor again. */
  async function read(keep?: number) {
    const mine = ++reads;
    Object.assign(state, { readErrors: [], progress: undefined, report: undefined, isReading: true, measured: undefined });
    list.clear();
    unchoose();
    try {
      const hasEnded = await engine.read(source(), state.file ? 'answered' : 'all', (progress) => {
        if (mine !== reads) return;
        for (const stretch of progress.read_errors) state.readErrors.push(stretch);
        state.progress = { ...progress, read_errors: [] };
        if (!progress.ended) void list.refreshSometimes();
        update();
      });
      if (!hasEnded || mine !== reads) return;
    } catch (error) {
      if (mine !== reads) return;
      state.readErrors.push({ offset: 0, message: (error as Error).message });
    }
    state.isReading = false;
    await list.refresh();
    if (mine !== reads) return;
    const index = keep !== undefined && keep < list.total ? keep : list.rows[0]?.index;
    if (index !== undefined) await choose(index);
    if (state.tab === 'timeline') await showAttempts();
    update();
  }

  function unchoose() {
    choices += 1;
    state.chosen = undefined;
    state.toCompare = [];
    state.comparison = undefined;
    records.mark([]);
  }

  async function choose(index: number) {
    const mine = ++choices;
    const listed = await engine.record(index);
    if (!listed || mine !== choices) return;
    const text = state.file ? format(listed.text) : listed.text;
    const [explanation, matches, answer] = await Promise.all([
      engine.explain(text),
      engine.matchRules(text),
      engine.classify(new TextEncoder().encode(text)),
    ]);
    if (mine !== choices) return;
    const start = state.file ? 0 : utf16(records.text, listed.offset);
    const json = answer.type === 'verdict' ? await inForm(text, answer.json) : undefined;
    if (mine !== choices) return;
    state.chosen = { index, listed, text, start, explanation, matches, json };
    if (state.file) records.show(text);
    mark(null);
    if (!isSingle(state)) records.reveal(start);
    update();
  }

  /** A verdict, or the event in the chosen form. Without the module that makes it, the verdict. */
  async function inForm(record: string, json: string) {
    if (state.form === 'verdict') return json;
    try {
      return await event(record, rules.text, state.form);
    } catch (error) {
      state.form = 'verdict';
      notice((error as Error).message);
      return json;
    }
  }

  /** Marks the fields that decided, those of one value strongly. */
  function mark(key: string | null) {
    const { chosen } = state;
    if (chosen) records.mark(records.text.startsWith(chosen.text, chosen.start) ? marks(chosen, key) : []);
  }

  async function showAttempts() {
    const mine = reads;
    const found = await engine.report();
    if (mine !== reads) return;
    state.report = new Report(reportData(found, state), update);
    update();
  }

  function showTab(tab: State['tab']) {
    state.tab = tab;
    update();
    if (tab === 'timeline') void showAttempts();
  }

  function setRules(text: string) {
    rules.replace(text);
  }

  async function compile() {
    const compiled = await engine.compileRules(rules.text);
    if (compiled.type === 'refused') {
      state.problem = compiled.problem;
      rules.mark([broken(compiled.problem.place, rules.text)]);
      update();
      return;
    }
    state.problem = undefined;
    state.rules = compiled.rules;
    rules.mark([]);
    await read(state.chosen?.index);
  }

  function closeFile() {
    if (!state.file) return;
    state.file = undefined;
    records.show(null);
  }

  function setText(text: string) {
    closeFile();
    list.reset();
    state.tab = 'list';
    records.replace(text);
  }

  async function openFiles(files: File[]) {
    const compressions = new Set(files.map(({ name }) => name.match(/\.(gz|zst)$/)?.[1]));
    if (compressions.size > 1) return notice(texts.mixedFiles);
    // Concatenated files of gzip or zstd are one such file; a line never continues in the next file.
    const parts = !compressions.has(undefined) ? files : files.flatMap((file) => [file, '\n']);
    const name = files.length === 1 ? files[0]!.name : texts.files(files.length);
    list.reset();
    Object.assign(state, { file: { name, blob: new Blob(parts) }, tab: 'list' });
    records.show('');
    await read();
  }

  return {
    /** Starts the engine, and opens the link. */
    async start() {
      await engine.start();
      state.isStarted = true;
      await this.openLink();
      update();
    },

    async openLink() {
      try {
        const shared = await opened(location.hash);
        if (!shared) return;
        setText(shared.records);
        setRules(shared.rules);
      } catch {
        notice(texts.badLink);
      }
    },

    recordsChanged: whenQuiet(() => read()),
    rulesChanged: whenQuiet(compile),
    preset: ({ text }: Preset) =>
      orNotice(async () => setRules(text ?? new TextDecoder().decode(await beside('rules')))),

    example: ({ name, note, records }: Example) =>
      orNotice(async () => {
        const text = (records ?? [await exampleRecord(name)]).map(format).join('\n');
        setText(text);
        state.example = { text, note };
      }),

    trail: () => orNotice(async () => openFiles([new File([await beside('trail')], texts.trail)])),

    openFiles,

    async closeFile() {
      closeFile();
      await read();
    },

    saveReport: () => orNotice(async () => state.report && saveReport(state.report.trail.data)),

    /** Records that were read stay. */
    stop() {
      state.isReading = false;
      reads += 1;
      void engine.stop();
      void list.refresh();
    },

    undo: () => records.undo(),
    redo: () => records.redo(),
    clear: () => setText(''),
    format: () => records.replace(format(records.text)),

    choose: (index: number) => void choose(index),
    point: mark,
    reveal(at: number) {
      if (state.chosen) records.revealOnPage(state.chosen.start + at);
    },

    async form(form: Form) {
      state.form = form;
      if (state.chosen) await choose(state.chosen.index);
    },

    tab: showTab,
    moveTab(event: KeyboardEvent) {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      showTab(state.tab === 'list' ? 'timeline' : 'list');
      document.getElementById(`tab-${state.tab}`)?.focus();
    },

    filter: (filter: string) => void list.search({ filter }),
    outcome: (outcome: string) => void list.search({ outcome: list.query.outcome === outcome ? 'all' : outcome }),
    sort(column: Column) {
      const { sort } = list.query;
      void list.search({ sort: { column, isDescending: sort.column === column && !sort.isDescending } });
    },
    scrolled: () => scrolled(list),

    /** Chooses a record to compare, or no longer. The second shows both. */
    async compare(index: number) {
      const { toCompare } = state;
      const isChosen = toCompare.includes(index);
      state.toCompare = isChosen ? toCompare.filter((one) => one !== index) : [...toCompare.slice(0, 1), index];
      state.comparison = undefined;
      update();
      const chosen = state.toCompare;
      if (chosen.length < 2) return;
      const [a, b] = await Promise.all(chosen.map(engine.record));
      if (!a || !b || chosen !== state.toCompare) return;
      state.comparison = compare(a, b);
      draw();
      document.getElementById('comparison')?.focus();
    },
    /** Ends it, and goes back to the list. */
    endComparison() {
      state.toCompare = [];
      state.comparison = undefined;
      draw();
      document.getElementById('rows')?.focus();
    },

    async share() {
      const text = state.file ? (state.chosen?.text ?? '') : records.text;
      const made = await link({ records: text, rules: rules.text });
      if ('kilobytes' in made) return notice(texts.shareTooLong(made.kilobytes));
      history.replaceState(null, '', made.href);
      const isCopied = await navigator.clipboard.writeText(made.href).then(() => true, () => false);
      notice(!isCopied ? texts.inAddress : state.file ? texts.sharedFile : texts.shared);
    },

    async copy(text: string) {
      const isCopied = await navigator.clipboard.writeText(text).then(() => true, () => false);
      notice(isCopied ? texts.copied : texts.notCopied);
    },

    async measure() {
      state.measured = 'running';
      update();
      let measured: Measured | undefined;
      await orNotice(async () => {
        // Without records of the user, those of the sample trail.
        const own = source();
        measured = await engine.measure(own.size > 0 ? own : new Blob([await beside('trail')]));
      });
      state.measured = measured;
      update();
    },

    theme(theme: string) {
      state.theme = theme === 'light' || theme === 'dark' ? theme : 'auto';
      document.documentElement.dataset.theme = state.theme;
      state.report?.redraw();
      list.chart.redraw();
      try {
        localStorage.setItem(THEME, state.theme);
      } catch {
        // Without storage, the choice lasts for this visit.
      }
      update();
    },
    lastTheme() {
      try {
        return localStorage.getItem(THEME) ?? 'auto';
      } catch {
        return 'auto';
      }
    },
  };
}

/** The record of an example of the gallery, which is beside the page. */
async function exampleRecord(name: string): Promise<string> {
  return JSON.parse(new TextDecoder().decode(await beside('examples')))[name];
}

/** Debounces a task while the user types. */
function whenQuiet(what: () => Promise<void>) {
  let typing: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(typing);
    typing = setTimeout(() => void what(), TYPING_MILLISECONDS);
  };
}

/** The mark of an error; at the end of the text it is on the character before. */
function broken(place: Place, text: string): Mark {
  const from = Math.min(place.from, text.length - 1);
  return { from, to: Math.max(place.to, from + 1), class: 'broken' };
}

/** The marks of a record: its deciding fields, or the place of its error. */
function marks({ listed, explanation, start, text }: Chosen, key: string | null): Mark[] {
  const place = listed.refusal?.place;
  if (place) {
    const { from, to, class: name } = broken(place, text);
    return [{ from: start + from, to: start + to, class: name }];
  }
  const marks = new Map<string, Mark>();
  for (const decided of explanation?.values ?? []) {
    for (const { place } of decided.fields) {
      if (!place) continue;
      const [from, to] = [start + place.from, start + place.to];
      const isPointed = decided.key === key;
      if (isPointed || !marks.has(`${from}`)) {
        marks.set(`${from}`, { from, to, class: isPointed ? 'deciding pointed' : 'deciding' });
      }
    }
  }
  return [...marks.values()];
}
