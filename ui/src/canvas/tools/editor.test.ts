import { describe, expect, test } from "vitest";
import { EMPTY_ANSWER, relabel, type Annotation } from "../document/answer";
import { AnswerDocument } from "../document/document";
import { ImageEditor } from "./editor";

const LABELS = [
  { name: "car", tools: ["box", "polygon"] },
  { name: "road", tools: ["polygon"] },
];

/** An editor on a 200 x 100 image at scale 1 with the image's corner at (0, 0) of the screen. */
function start(annotations: Annotation[] = []) {
  const document = new AnswerDocument({ ...EMPTY_ANSWER, annotations });
  let n = 0;
  const editor = new ImageEditor(document, LABELS, () => `u${(n += 1)}`);
  editor.setViewport({ width: 200, height: 100 });
  editor.setImage({ width: 200, height: 100 });
  editor.actualSize();
  const at = (x: number, y: number, more: { alt?: boolean } = {}) => ({
    screen: { x, y },
    button: "main" as const,
    shift: false,
    alt: more.alt ?? false,
  });
  return {
    editor,
    document,
    down: (x: number, y: number, more = {}) => editor.pointerDown(at(x, y, more)),
    move: (x: number, y: number) => editor.pointerMove(at(x, y)),
    up: (x: number, y: number) => editor.pointerUp(at(x, y)),
    click: (x: number, y: number) => {
      editor.pointerMove(at(x, y));
      editor.pointerDown(at(x, y));
      editor.pointerUp(at(x, y));
    },
    double: (x: number, y: number) => {
      for (let i = 0; i < 2; i += 1) {
        editor.pointerDown(at(x, y));
        editor.pointerUp(at(x, y));
      }
      editor.doubleClick(at(x, y));
    },
    drag: (x1: number, y1: number, x2: number, y2: number) => {
      editor.pointerDown(at(x1, y1));
      editor.pointerMove(at((x1 + x2) / 2, (y1 + y2) / 2));
      editor.pointerMove(at(x2, y2));
      editor.pointerUp(at(x2, y2));
    },
    keys: (text: string) => {
      for (const part of text.split(" ")) {
        const names = part.split("+");
        const key = names.at(-1) ?? "";
        editor.key({
          key:
            key === "Space"
              ? " "
              : key.length > 1
                ? key.replace(/^(Left|Right|Up|Down)$/, "Arrow$1")
                : key,
          shift: names.includes("shift"),
          alt: names.includes("alt"),
          ctrl: false,
        });
      }
    },
    shapes: () => document.answer.annotations,
  };
}

const BOX: Annotation = {
  uuid: "b",
  type: "box",
  label: "car",
  left: 20,
  top: 20,
  width: 40,
  height: 30,
  attributes: {},
};
const TRIANGLE: Annotation = {
  uuid: "p",
  type: "polygon",
  label: "road",
  vertices: [
    { x: 100, y: 10 },
    { x: 180, y: 10 },
    { x: 100, y: 90 },
  ],
  attributes: {},
};

describe("boxes", () => {
  test("by drag, in any direction, in whole pixels, cut to the image", () => {
    const it = start();
    it.drag(50.4, 40.6, 10, 20);
    it.drag(150, 50, 900, 900);
    expect(it.shapes()).toMatchObject([
      { type: "box", label: "car", left: 10, top: 20, width: 40, height: 21 },
      { left: 150, top: 50, width: 50, height: 50 },
    ]);
    expect(it.editor.getState().tool).toBe("box");
  });

  test("by two clicks", () => {
    const it = start();
    it.click(10, 10);
    expect(it.shapes()).toHaveLength(0);
    it.move(30, 30);
    expect(it.editor.getState().preview.shape).toMatchObject({ width: 20, height: 20 });
    it.click(60, 40);
    expect(it.shapes()).toMatchObject([{ left: 10, top: 10, width: 50, height: 30 }]);
  });

  test("a double click does not make an empty box", () => {
    const it = start();
    it.double(10, 10);
    expect(it.shapes()).toHaveLength(0);
    it.click(20, 20);
    expect(it.shapes()).toHaveLength(1);
  });

  test("with the keyboard only", () => {
    const it = start();
    it.keys("alt+Left alt+Left Enter shift+Right shift+Right shift+Down alt+Down Enter");
    expect(it.shapes()).toMatchObject([{ left: 98, top: 50, width: 20, height: 11 }]);
  });

  test("space sets corners too once the keyboard leads", () => {
    const it = start();
    it.keys("shift+Left Space shift+Up shift+Left Space");
    expect(it.shapes()).toMatchObject([{ left: 80, top: 40, width: 10, height: 10 }]);
  });

  test("a line is refused, and said", () => {
    const it = start();
    it.drag(10, 10, 60, 10);
    expect(it.shapes()).toHaveLength(0);
    expect(it.editor.getState().message.text).toContain("Too small");
  });

  test("escape gives up the corner, then the tool", () => {
    const it = start();
    it.click(10, 10);
    it.keys("Escape");
    expect(it.editor.getState()).toMatchObject({ busy: false, tool: "box" });
    it.keys("Escape");
    expect(it.editor.getState().tool).toBe("select");
    expect(it.shapes()).toHaveLength(0);
  });
});

describe("polygons", () => {
  const triangle = {
    type: "polygon",
    vertices: [
      { x: 10, y: 10 },
      { x: 60, y: 10 },
      { x: 10, y: 60 },
    ],
  };

  test("closed by a double click, whose point is stored once", () => {
    const it = start();
    it.editor.setTool("polygon");
    it.click(10, 10);
    it.click(60, 10);
    it.double(10, 60);
    expect(it.shapes()).toMatchObject([triangle]);
  });

  test("closed on the first point", () => {
    const it = start();
    it.editor.setTool("polygon");
    for (const [x, y] of [
      [10, 10],
      [60, 10],
      [10, 60],
    ] as const)
      it.click(x, y);
    it.move(13, 12);
    expect(it.editor.getState().preview.closing).toBe(true);
    it.click(13, 12);
    expect(it.shapes()).toMatchObject([triangle]);
  });

  test("closed by Enter after clicks", () => {
    const it = start();
    it.editor.setTool("polygon");
    for (const [x, y] of [
      [10, 10],
      [60, 10],
      [10, 60],
    ] as const)
      it.click(x, y);
    it.keys("Enter");
    expect(it.shapes()).toMatchObject([triangle]);
  });

  test("with the keyboard only: Enter sets, Enter twice closes", () => {
    const it = start();
    it.editor.setTool("polygon");
    it.keys("shift+Left Enter shift+Right shift+Right Enter shift+Down Enter Enter");
    expect(it.shapes()).toMatchObject([
      {
        vertices: [
          { x: 90, y: 50 },
          { x: 110, y: 50 },
          { x: 110, y: 60 },
        ],
      },
    ]);
  });

  test("backspace takes the last point back, two points are not a polygon", () => {
    const it = start();
    it.editor.setTool("polygon");
    for (const [x, y] of [
      [10, 10],
      [60, 10],
      [10, 60],
    ] as const)
      it.click(x, y);
    it.keys("Backspace");
    it.move(60, 10);
    it.keys("Enter");
    expect(it.shapes()).toHaveLength(0);
    expect(it.editor.getState().message.text).toContain("3 points");
    it.keys("Escape");
    expect(it.editor.getState().busy).toBe(false);
  });
});

describe("editing", () => {
  test("starts in the select tool when there is something to select", () => {
    expect(start([BOX]).editor.getState().tool).toBe("select");
  });

  test("a shape moves as one undo step and stays in the image", () => {
    const it = start([BOX]);
    it.drag(40, 35, -300, 45);
    expect(it.shapes()).toMatchObject([{ left: 0, top: 30, width: 40, height: 30 }]);
    it.document.undo();
    expect(it.shapes()).toEqual([BOX]);
  });

  test("a click only selects", () => {
    const it = start([BOX]);
    it.click(40, 35);
    expect(it.document.getState()).toMatchObject({ selected: "b", canUndo: false });
    it.click(5, 5);
    expect(it.document.getState().selected).toBe(null);
  });

  test("the smaller of two that overlap is hit", () => {
    const inner: Annotation = { ...BOX, uuid: "inner", left: 30, top: 30, width: 5, height: 5 };
    const it = start([inner, BOX]);
    it.click(32, 32);
    expect(it.document.getState().selected).toBe("inner");
  });

  test("a corner resizes, escape in the middle leaves it", () => {
    const it = start([BOX]);
    it.click(40, 35);
    it.drag(60, 50, 80, 70);
    expect(it.shapes()).toMatchObject([{ left: 20, top: 20, width: 60, height: 50 }]);
    it.down(80, 70);
    it.move(10, 10);
    it.keys("Escape");
    it.up(10, 10);
    expect(it.shapes()).toMatchObject([{ width: 60, height: 50 }]);
  });

  test("vertices: moved, inserted from the middle of an edge, deleted, never below three", () => {
    const it = start([TRIANGLE]);
    it.click(110, 20);
    it.drag(180, 10, 190, 20);
    expect(it.shapes()).toMatchObject([{ vertices: [{ x: 100 }, { x: 190, y: 20 }, { y: 90 }] }]);
    it.drag(100, 50, 90, 50);
    expect(it.shapes()).toMatchObject([{ vertices: [{}, {}, {}, { x: 90, y: 50 }] }]);
    it.down(90, 50, { alt: true });
    it.up(90, 50);
    it.down(190, 20, { alt: true });
    it.up(190, 20);
    expect(it.shapes()).toMatchObject([{ vertices: [{ x: 100, y: 10 }, { x: 190 }, { x: 100 }] }]);
    expect(it.editor.getState().message.text).toContain("3 points");
  });

  test("by keyboard: nudge is one undo step, handles by comma and full stop, insert and delete", () => {
    const it = start([TRIANGLE]);
    it.document.select("p");
    it.keys("Right Right shift+Down");
    expect(it.shapes()).toMatchObject([{ vertices: [{ x: 102, y: 20 }, {}, {}] }]);
    it.document.undo();
    expect(it.shapes()).toEqual([TRIANGLE]);
    it.keys(". . Down Insert Up");
    expect(it.shapes()).toMatchObject([
      { vertices: [{}, { x: 180, y: 11 }, { x: 140, y: 50 }, { x: 100, y: 90 }] },
    ]);
    it.keys("Delete");
    expect(it.shapes()).toMatchObject([{ vertices: [{}, { x: 180, y: 11 }, { x: 100, y: 90 }] }]);
  });

  test("a label hotkey renames the selected shape, or is taken up for the next", () => {
    const it = start([BOX, TRIANGLE]);
    const choose = (name: string) =>
      it.editor.chooseLabel(name, (uuid, label) =>
        it.document.apply((answer) => relabel(answer, uuid, label, [])),
      );
    it.document.select("p");
    choose("car");
    expect(it.shapes()).toMatchObject([{}, { uuid: "p", label: "car" }]);
    it.document.select("b");
    choose("road");
    expect(it.shapes()).toMatchObject([{ uuid: "b", label: "car" }, {}]);
    it.document.select(null);
    choose("road");
    expect(it.editor.getState()).toMatchObject({ tool: "polygon", label: "road" });
  });

  test("tab walks the annotations and then lets go", () => {
    const { document } = start([BOX, TRIANGLE]);
    const seen = [1, 1, 1].map(() => [document.cycle(1), document.getState().selected]);
    expect(seen).toEqual([
      [true, "b"],
      [true, "p"],
      [false, null],
    ]);
    document.cycle(-1);
    expect(document.getState().selected).toBe("p");
  });
});
