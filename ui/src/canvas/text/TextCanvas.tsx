/**
 * A text with its spans on the screen. Passes the browser's selection and keys to the TextEditor, shows its caret,
 * and moves by visual line, which only the browser can.
 */
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type Ref,
} from "react";
import type { Taxonomy } from "~/api/types";
import { isSpan } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import type { KeyPress } from "../taxonomy/hotkeys";
import { caretBox, placeOf, unitAt } from "./domRange";
import { cutBlocks, placeSpans, spansInBlock, type PlacedSpan } from "./layout";
import css from "./text.module.css";
import { TextBlock } from "./TextBlock";
import type { TextEditor } from "./textEditor";

export function TextCanvas({
  editor,
  document: answerDocument,
  taxonomy,
  name,
  stageRef,
}: {
  editor: TextEditor;
  document: AnswerDocument;
  taxonomy: Taxonomy;
  name: string;
  stageRef?: Ref<HTMLDivElement>;
}) {
  const state = useSyncExternalStore(editor.subscribe, editor.getState);
  const { answer, selected } = useSyncExternalStore(
    answerDocument.subscribe,
    answerDocument.getState,
  );
  const own = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const blocks = useMemo(() => cutBlocks(editor.text), [editor]);
  const byBlock = useMemo(() => {
    const placed = placeSpans(
      answer.annotations.filter(isSpan).map((span) => ({
        uuid: span.uuid,
        label: span.label,
        start: editor.offsets.toUnit(span.start),
        end: editor.offsets.toUnit(span.end),
      })),
    );
    return new Map<number, PlacedSpan[]>(
      blocks.map((block) => [block.start, placed.length > 0 ? spansInBlock(placed, block) : NONE]),
    );
  }, [answer.annotations, blocks, editor]);

  useTextEvents(own, body, editor, answerDocument);
  useShownSelection(body, editor);
  useRevealed(body, editor, selected);

  const setStage = useMemo(() => {
    return (element: HTMLDivElement | null) => {
      own.current = element;
      if (typeof stageRef === "function") stageRef(element);
      else if (stageRef) stageRef.current = element;
    };
  }, [stageRef]);

  return (
    <div
      ref={setStage}
      className={css.stage}
      tabIndex={0}
      role="textbox"
      aria-readonly
      aria-multiline
      aria-label={`${name}, ${answer.annotations.length} spans`}
      data-marking={state.label !== null}
    >
      <div ref={body} className={css.body}>
        {blocks.map((block) => (
          <TextBlock
            key={block.start}
            text={editor.text}
            block={block}
            spans={byBlock.get(block.start) ?? NONE}
            taxonomy={taxonomy}
            selected={selected}
          />
        ))}
        <Caret body={body} editor={editor} />
      </div>
    </div>
  );
}

const NONE: PlacedSpan[] = [];

function Caret({ body, editor }: { body: { current: HTMLDivElement | null }; editor: TextEditor }) {
  const { caret, byKeyboard } = useSyncExternalStore(editor.subscribe, editor.getState);
  const [box, setBox] = useState<{ left: number; top: number; height: number } | null>(null);
  useLayoutEffect(() => {
    const element = body.current;
    setBox(byKeyboard && element ? caretBox(element, caret) : null);
  }, [body, caret, byKeyboard]);
  return box ? <div className={css.caret} style={box} aria-hidden data-caret /> : null;
}

/** What keys selected is shown as the browser's own selection, and kept in sight. */
function useShownSelection(body: { current: HTMLDivElement | null }, editor: TextEditor): void {
  const { anchor, caret, byKeyboard } = useSyncExternalStore(editor.subscribe, editor.getState);
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || !byKeyboard) return;
    const from = placeOf(element, anchor);
    const to = placeOf(element, caret);
    if (!from || !to) return;
    window.getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
    keepInSight(element, caret);
  }, [body, anchor, caret, byKeyboard]);
}

function useRevealed(
  body: { current: HTMLDivElement | null },
  editor: TextEditor,
  selected: string | null,
): void {
  useEffect(() => {
    const span = editor.document.selection;
    if (selected && body.current && span && isSpan(span)) {
      keepInSight(body.current, editor.offsets.toUnit(span.start));
    }
  }, [body, editor, selected]);
}

function keepInSight(element: HTMLElement, unit: number): void {
  const stage = element.parentElement;
  const box = caretBox(element, unit);
  if (!stage || !box) return;
  const top = box.top - stage.scrollTop + element.offsetTop;
  const margin = 48;
  if (top < margin) stage.scrollBy({ top: top - margin });
  else if (top + box.height > stage.clientHeight - margin) {
    stage.scrollBy({ top: top + box.height - stage.clientHeight + margin });
  }
}

function useTextEvents(
  stage: { current: HTMLDivElement | null },
  body: { current: HTMLDivElement | null },
  editor: TextEditor,
  answerDocument: AnswerDocument,
): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const listeners = new AbortController();
    const { signal } = listeners;
    element.addEventListener(
      "pointerup",
      (event) => {
        if (event.button !== 0) return;
        const caption = event.target instanceof Element && event.target.closest("[data-caption]");
        if (caption) {
          answerDocument.select(caption.getAttribute("data-caption"));
          return;
        }
        // The browser settles the selection of a click after the event.
        requestAnimationFrame(() => readSelection(body.current, editor));
      },
      { signal },
    );
    element.addEventListener(
      "keydown",
      (event) => {
        if (event.defaultPrevented || !textKey(body.current, editor, answerDocument, event)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { signal },
    );
    return () => listeners.abort();
  }, [stage, body, editor, answerDocument]);
}

function readSelection(root: HTMLElement | null, editor: TextEditor): void {
  const selection = window.getSelection();
  if (!root || !selection?.anchorNode || !selection.focusNode) return;
  const anchor = unitAt(root, selection.anchorNode, selection.anchorOffset);
  const caret = unitAt(root, selection.focusNode, selection.focusOffset);
  if (anchor === null || caret === null) return;
  if (anchor === caret) {
    editor.clickAt(caret);
    return;
  }
  editor.selectRange(anchor, caret);
  if (editor.getState().label !== null) selection.removeAllRanges();
}

/** True when the key was for the text. Also called by the page while nothing else has the focus. */
export function textKey(
  root: HTMLElement | null,
  editor: TextEditor,
  answerDocument: AnswerDocument,
  press: KeyPress,
): boolean {
  if (press.key === "Tab" && !press.altKey && !press.ctrlKey) {
    return answerDocument.cycle(press.shiftKey ? -1 : 1);
  }
  const result = editor.key(press);
  if (typeof result === "string") return result === "done";
  if (!root) return false;
  moveByLine(root, editor, result.line, result.extend);
  return true;
}

function moveByLine(
  root: HTMLElement,
  editor: TextEditor,
  line: "up" | "down",
  extend: boolean,
): void {
  const selection = window.getSelection();
  const { anchor, caret } = editor.getState();
  const from = placeOf(root, extend ? anchor : caret);
  const to = placeOf(root, caret);
  if (!selection || !from || !to) return;
  selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  selection.modify(extend ? "extend" : "move", line === "up" ? "backward" : "forward", "line");
  const { focusNode, focusOffset } = selection;
  const unit = focusNode ? unitAt(root, focusNode, focusOffset) : null;
  if (unit !== null) editor.caretMoved(unit, extend);
}
