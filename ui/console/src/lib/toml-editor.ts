import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** A place in the text, both from 1, and what is wrong there. */
export interface Mistake {
  line: number;
  column: number;
  reason: string;
}

/** The editor as the page uses it. */
export interface TomlEditor {
  set(text: string): void;
  show(mistakes: readonly Mistake[]): void;
  goTo(line: number): void;
  label(label: string): void;
  destroy(): void;
}

interface Options {
  host: HTMLElement;
  text: string;
  label: string;
  editable: boolean;
  onchange: (text: string) => void;
  ontry: () => void;
}

/** Colours of the design system, so that it follows the theme. */
const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.6' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-2)', color: 'var(--text-3)', borderRight: '1px solid var(--border)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 6%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--surface-3)', color: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': { border: '1px solid var(--border)', borderRadius: '6px', backgroundColor: 'var(--surface)', color: 'var(--text)', boxShadow: 'var(--shadow-md)' },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: '13px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
  // The library's own wave and marker are pictures at `data:` addresses, which the page's policy does not allow.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--danger)', textDecorationSkipInk: 'none', textUnderlineOffset: '3px' },
  '.cm-lint-marker': { width: '10px', height: '10px', margin: '5px 2px' },
  '.cm-lint-marker-error': { content: '""', borderRadius: '50%', backgroundColor: 'var(--danger)' },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--text-3)' },
  { tag: tags.string, color: 'var(--good-text)' },
  { tag: [tags.number, tags.bool, tags.atom], color: 'var(--warn-text)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent-text)' },
  { tag: [tags.bracket, tags.heading], color: 'var(--text)', fontWeight: '600' },
]);

/**
 * An editor of TOML in `host`. It lives in a shadow root: there its styles are constructed sheets, which the page's
 * policy allows, while a `<style>` element would need 'unsafe-inline'.
 */
export function createTomlEditor({ host, text, label, editable, onchange, ontry }: Options): TomlEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const naming = new Compartment();
  const named = (name: string) => EditorView.contentAttributes.of({ 'aria-label': name, spellcheck: 'false', tabindex: '0' });
  let told = text;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        EditorState.readOnly.of(!editable),
        StreamLanguage.define(toml),
        syntaxHighlighting(colours),
        naming.of(named(label)),
        keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (ontry(), true) }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        theme,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          told = update.state.doc.toString();
          onchange(told);
        }),
      ],
    }),
  });
  const lineAt = (line: number) => view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  return {
    set(next) {
      if (next !== told) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    show(mistakes) {
      const diagnostics = mistakes.map(({ line, column, reason }): Diagnostic => {
        const at = lineAt(line);
        const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
        return { from, to: Math.max(at.to, from), severity: 'error', message: reason };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(line) {
      const at = lineAt(line);
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    label(name) {
      view.dispatch({ effects: naming.reconfigure(named(name)) });
    },
    destroy: () => view.destroy(),
  };
}
