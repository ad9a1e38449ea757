/** The label palette tied to a stage: which label is taken up, and how often each is used. */
import { useMemo, useSyncExternalStore } from "react";
import type { Taxonomy } from "~/api/types";
import type { AnswerDocument } from "../document/document";
import { countLabels } from "./counts";
import { LabelPalette } from "./LabelPalette";
import type { HotkeyTarget } from "../taxonomy/hotkeys";
import type { TextEditor } from "../text/textEditor";
import type { ImageEditor } from "../tools/editor";

export function StagePalette({
  editor,
  document,
  taxonomy,
  hotkeys,
  onChoose,
}: {
  editor: ImageEditor | TextEditor;
  document: AnswerDocument;
  taxonomy: Taxonomy;
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  onChoose: (label: string) => void;
}) {
  const taken = useSyncExternalStore(editor.subscribe, () => takenLabel(editor));
  const { answer } = useSyncExternalStore(document.subscribe, document.getState);
  const counts = useMemo(() => countLabels(answer), [answer]);
  const selected = document.selection?.label ?? null;
  return (
    <LabelPalette
      taxonomy={taxonomy}
      hotkeys={hotkeys}
      active={taken ?? selected}
      counts={counts}
      onChoose={onChoose}
    />
  );
}

/** In the select tool of the image no label is taken up: a key there names the selected shape. */
function takenLabel(editor: ImageEditor | TextEditor): string | null {
  const state = editor.getState();
  return "tool" in state && state.tool === "select" ? null : state.label;
}
