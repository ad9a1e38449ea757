/** Tab in the query box takes what is offered, also when it is pressed before the offer is there. */
import {
  acceptCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
} from "@codemirror/autocomplete";
import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const awaitList = StateEffect.define<boolean>();

/** Whether Tab waits for the list that is being fetched; whatever is typed meanwhile calls it off. */
const awaitsList = StateField.define<boolean>({
  create: () => false,
  update: (waits, tr) => {
    const asked = tr.effects.find((effect) => effect.is(awaitList));
    if (asked !== undefined) return asked.value;
    return waits && !tr.docChanged && tr.selection === undefined;
  },
});

const takeAwaited = EditorView.updateListener.of(({ view, state }) => {
  if (!state.field(awaitsList) || completionStatus(state) === "pending") return;
  // A view takes no change while it tells of one.
  queueMicrotask(() => {
    if (!view.state.field(awaitsList) || completionStatus(view.state) === "pending") return;
    view.dispatch({ effects: awaitList.of(false) });
    takeOption(view);
  });
});

/** What `takeFirst` needs of the editor. */
export const tabTakesFirst: Extension = [awaitsList, takeAwaited];

/** The key's command: false when nothing is offered and nothing is being fetched, so that Tab moves on. */
export function takeFirst(view: EditorView): boolean {
  if (completionStatus(view.state) !== "pending") return takeOption(view);
  view.dispatch({ effects: awaitList.of(true) });
  return true;
}

/** Takes the option that is chosen, else the first; false when there is no list. */
function takeOption(view: EditorView): boolean {
  if (selectedCompletion(view.state) === null) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}
