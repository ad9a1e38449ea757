import { expect, test } from "vitest";
import { EMPTY_ANSWER, relabel, type SpanAnnotation } from "../document/answer";
import { AnswerDocument } from "../document/document";
import { TextEditor } from "./textEditor";

const TEXT = "😀 Zoë Müller lives in Zürich.\nBob does not.";
const LABELS = [
  { name: "person", tools: ["span"] },
  { name: "place", tools: ["span"] },
  { name: "car", tools: ["box"] },
];

function start() {
  const document = new AnswerDocument(EMPTY_ANSWER);
  let n = 0;
  const editor = new TextEditor(document, TEXT, LABELS, () => `s${(n += 1)}`);
  const spans = () =>
    document.answer.annotations.flatMap((annotation) =>
      annotation.type === "span" ? [annotation] : [],
    );
  return {
    editor,
    document,
    spans,
    words: () => spans().map(({ label, text }) => `${label} ${text}`),
    choose: (label: string) =>
      editor.chooseLabel(label, (uuid, name) =>
        document.apply((answer) => relabel(answer, uuid, name, [])),
      ),
    keys: (text: string) => {
      for (const part of text.split(" ")) {
        const names = part.split("+");
        const key = (names.at(-1) ?? "").replace(/^(Left|Right)$/, "Arrow$1");
        editor.key({
          key,
          code: "",
          ctrlKey: names.includes("ctrl"),
          metaKey: false,
          altKey: names.includes("alt"),
          shiftKey: names.includes("shift"),
        });
      }
    },
  };
}

/** The text of a span is the slice of code points that it names, whatever was done to it. */
function checkOffsets(spans: readonly SpanAnnotation[]) {
  for (const span of spans) {
    expect([...TEXT].slice(span.start, span.end).join("")).toBe(span.text);
  }
}

test("mark with the keyboard alone", () => {
  const it = start();
  it.keys("Right Right shift+ctrl+Right shift+ctrl+Right");
  it.choose("person");
  expect(it.words()).toEqual(["person Zoë Müller"]);
  expect(it.spans()[0]).toMatchObject({ start: 2, end: 12 });
  checkOffsets(it.spans());
});

test("Enter takes the word under the caret", () => {
  const it = start();
  it.editor.clickAt(TEXT.indexOf("Zürich") + 2);
  it.keys("Enter");
  it.choose("place");
  expect(it.words()).toEqual(["place Zürich"]);
  checkOffsets(it.spans());
});

test("a label that is taken up marks each selection, white space left out, until put down", () => {
  const it = start();
  it.choose("place");
  const at = TEXT.indexOf("Zürich");
  it.editor.selectRange(at + 6, at - 1);
  it.editor.selectRange(TEXT.indexOf("Bob"), TEXT.indexOf("Bob") + 4);
  expect(it.words()).toEqual(["place Zürich", "place Bob"]);
  it.document.select(null);
  it.choose("place");
  it.editor.selectRange(0, 2);
  expect(it.spans()).toHaveLength(2);
  checkOffsets(it.spans());
});

test("spans may overlap; the same twice is not made; only white space is refused", () => {
  const it = start();
  it.editor.selectRange(3, 13);
  it.choose("person");
  it.editor.selectRange(3, 6);
  it.choose("place");
  it.editor.selectRange(3, 13);
  it.choose("person");
  expect(it.words()).toEqual(["person Zoë Müller", "place Zoë"]);
  it.editor.selectRange(2, 3);
  it.choose("person");
  expect(it.spans()).toHaveLength(2);
  expect(it.editor.getState().message.text).toContain("white space");
});

test("a click takes the shortest span, a label renames it, Delete removes it, undo brings it back", () => {
  const it = start();
  it.editor.selectRange(3, 13);
  it.choose("person");
  it.editor.selectRange(3, 6);
  it.choose("place");
  it.editor.clickAt(4);
  it.choose("person");
  expect(it.words()).toEqual(["person Zoë Müller", "person Zoë"]);
  it.keys("Delete");
  expect(it.words()).toEqual(["person Zoë Müller"]);
  it.document.undo();
  expect(it.spans()).toHaveLength(2);
});

test("alt moves the ends of the selected span, as one undo step", () => {
  const it = start();
  it.editor.selectRange(3, 6);
  it.choose("person");
  it.keys("alt+ctrl+Right alt+Left alt+shift+Left alt+shift+Left");
  expect(it.words()).toEqual(["person 😀 Zoë Mülle"]);
  checkOffsets(it.spans());
  it.document.undo();
  expect(it.words()).toEqual(["person Zoë"]);
});

test("labels that do not mark text are not taken", () => {
  const it = start();
  it.editor.selectRange(3, 6);
  it.choose("car");
  expect(it.spans()).toEqual([]);
});
