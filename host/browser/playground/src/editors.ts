/** The two editors. */
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, undo } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  drawSelection,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

/** A marked range of the text, and its class. */
export type Mark = { from: number; to: number; class: string };

const setMarks = StateEffect.define<Mark[]>();

/** The marks; they move with the text until they are replaced. */
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let decorations = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const ranges = effect.value
        .filter(({ from, to }) => from < to && to <= transaction.newDoc.length)
        .map((mark) => Decoration.mark({ class: mark.class }).range(mark.from, mark.to));
      decorations = Decoration.set(ranges, true);
    }
    return decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Unless somebody writes, the page does not scroll along with an editor. */
const scrollsAlone = EditorView.scrollHandler.of((view, { head }) => {
  if (view.hasFocus) return false;
  const { top } = view.lineBlockAt(head);
  view.scrollDOM.scrollTop = top - view.scrollDOM.clientHeight / 2;
  return true;
});

export class Editor {
  private readonly view: EditorView;
  private readonly writable = new Compartment();
  /** Set while the page changes the text, so that it does not count as typing. */
  private isSilent = false;
  /** The text of the user, while a file is shown. */
  private written: EditorState | undefined;

  constructor(parent: HTMLElement, label: string, hint: string, changed: () => void) {
    this.view = new EditorView({
      parent,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        json(),
        syntaxHighlighting(classHighlighter),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        placeholder(hint),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        marks,
        scrollsAlone,
        this.writable.of([]),
        // The page reads dropped files; the editor would insert them as text.
        EditorView.domEventHandlers({ drop: ({ dataTransfer }) => !!dataTransfer?.files.length }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !this.isSilent) changed();
        }),
      ],
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the text as one step, which can be undone. */
  replace(text: string) {
    const { state } = this.view;
    this.view.dispatch({
      changes: { from: 0, to: state.doc.length, insert: text },
      selection: { anchor: 0 },
      scrollIntoView: true,
      annotations: isolateHistory.of('full'),
    });
  }

  /** Shows a read-only text; null shows the text of the user again, with its undo history. */
  show(text: string | null) {
    this.isSilent = true;
    if (text !== null) this.written ??= this.view.state;
    if (text === null) {
      if (this.written) this.view.setState(this.written);
      this.written = undefined;
    } else {
      this.replace(text);
      const readOnly = [EditorState.readOnly.of(true), EditorView.editable.of(false)];
      const readOnlyAttribute = EditorView.contentAttributes.of({ 'aria-readonly': 'true' });
      this.view.dispatch({ effects: this.writable.reconfigure([readOnly, readOnlyAttribute]) });
    }
    this.isSilent = false;
  }

  mark(ranges: Mark[]) {
    this.view.dispatch({ effects: setMarks.of(ranges) });
  }

  /** Scrolls to an offset. */
  reveal(at: number) {
    if (at > this.view.state.doc.length) return;
    this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  }

  /** The same, and scrolls the page to the editor. */
  revealOnPage(at: number) {
    this.reveal(at);
    this.view.dom.scrollIntoView({ block: 'nearest' });
  }

  undo() {
    undo(this.view);
    this.view.focus();
  }

  redo() {
    redo(this.view);
    this.view.focus();
  }

  focus() {
    this.view.focus();
  }
}
