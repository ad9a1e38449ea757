/**
 * The CodeMirror set-up of the query box: one line, completion and underlined errors from the
 * server, Enter runs. Knows no React.
 */
import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionKeymap,
  completionStatus,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { linter, type Diagnostic as Lint } from "@codemirror/lint";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder, tooltips } from "@codemirror/view";
import { fetchCompletion, parseQuery } from "~/api/library";
import { queryClient } from "~/api/queryClient";
import { countShort } from "~/lib/format";
import { look } from "./editorLook";
import { recentQueries } from "./recent";
import { tabTakesFirst, takeFirst } from "./tab";

const KIND_TYPES = {
  field: "property",
  value: "constant",
  operator: "keyword",
  keyword: "keyword",
} as const;

function completions(projectId: string) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const q = context.state.doc.toString();
    const controller = new AbortController();
    context.addEventListener("abort", () => controller.abort());
    const recent: Completion[] =
      q.trim() === ""
        ? recentQueries(projectId).map((text) => ({
            label: text,
            type: "history",
            detail: "recent",
            boost: -1,
          }))
        : [];
    try {
      const answer = await fetchCompletion(projectId, q, context.pos, controller.signal);
      const options = answer.items.map((item) => ({
        label: item.label,
        apply: item.text,
        type: KIND_TYPES[item.kind] ?? "text",
        detail: [item.detail ?? "", item.count === null ? "" : countShort(item.count)]
          .filter(Boolean)
          .join(" · "),
      }));
      return {
        from: answer.from,
        to: answer.to,
        options: [...options, ...recent],
        filter: false,
      };
    } catch {
      return recent.length === 0 ? null : { from: 0, options: recent, filter: false };
    }
  };
}

async function lint(projectId: string, view: EditorView): Promise<Lint[]> {
  const q = view.state.doc.toString();
  if (q.trim() === "") return [];
  try {
    const parsed = await queryClient.fetchQuery(parseQuery(projectId, q));
    const end = view.state.doc.length;
    return parsed.diagnostics.map((diagnostic) => {
      const from = Math.min(diagnostic.span[0], end);
      return {
        from,
        to: Math.min(Math.max(diagnostic.span[1], from), end),
        severity: diagnostic.severity,
        message:
          diagnostic.hint === null
            ? diagnostic.message
            : `${diagnostic.message}\n${diagnostic.hint}`,
        actions: diagnostic.suggestions.slice(0, 3).map((text) => ({
          name: text,
          apply: (target: EditorView, start: number, stop: number) =>
            target.dispatch({ changes: { from: start, to: stop, insert: text } }),
        })),
      };
    });
  } catch {
    return [];
  }
}

/** One line: a pasted line break becomes a space. */
const oneLine = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.newDoc.lines === 1) return tr;
  const text = tr.newDoc.toString().replace(/\s*\n\s*/g, " ");
  return {
    changes: { from: 0, to: tr.startState.doc.length, insert: text },
    selection: { anchor: Math.min(text.length, tr.newSelection.main.head) },
  };
});

const hintSlot = new Compartment();

type Options = {
  projectId: string;
  label: string;
  hint: string;
  onRun: (q: string) => void;
  onChange: (q: string) => void;
};

export type QueryEditor = {
  focus: () => void;
  /** Puts this text into the box, the cursor behind it. */
  show: (text: string) => void;
  /** Changes what an empty box says, without touching what is typed. */
  showHint: (hint: string) => void;
  close: () => void;
};

/** Puts an editor with this text into an empty element. */
export function openEditor(parent: HTMLElement, text: string, options: Options): QueryEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: text, extensions: extensions(options) }),
  });
  return {
    focus: () => view.focus(),
    show: (next) => {
      if (view.state.doc.toString().trim() === next) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: next.length },
      });
    },
    showHint: (hint) => view.dispatch({ effects: hintSlot.reconfigure(placeholder(hint)) }),
    close: () => view.destroy(),
  };
}

function extensions(options: Options): Extension {
  return [
    oneLine,
    history(),
    look,
    hintSlot.of(placeholder(options.hint)),
    tabTakesFirst,
    tooltips({ position: "fixed" }),
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      spellcheck: "false",
      autocapitalize: "off",
      autocorrect: "off",
    }),
    autocompletion({
      override: [completions(options.projectId)],
      icons: false,
      activateOnTyping: true,
      activateOnCompletion: (completion) => (completion.type ?? "") === "property",
      selectOnOpen: false,
      interactionDelay: 0,
    }),
    linter((view) => lint(options.projectId, view), { delay: 220 }),
    Prec.highest(
      keymap.of([
        {
          key: "Enter",
          run: (view) => {
            if (completionStatus(view.state) === "active" && acceptCompletion(view)) return true;
            // A list that was still being fetched would open over the answer.
            closeCompletion(view);
            options.onRun(view.state.doc.toString().trim());
            return true;
          },
        },
        { key: "Tab", run: takeFirst },
        {
          key: "ArrowDown",
          run: (view) => (completionStatus(view.state) === null ? startCompletion(view) : false),
        },
      ]),
    ),
    keymap.of([
      ...completionKeymap,
      {
        key: "Escape",
        run: (view) => {
          view.contentDOM.blur();
          return true;
        },
      },
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
}
