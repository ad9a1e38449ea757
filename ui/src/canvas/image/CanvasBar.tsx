/** The bar under the image: tools, what to do now, zoom. Each button has its key in the tooltip. */
import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconEye,
  IconEyeOff,
  IconMaximize,
  IconPointer,
  IconPolygon,
  IconSquare,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import { useSyncExternalStore, type ReactNode } from "react";
import type { AnswerDocument } from "../document/document";
import type { EditorState, ImageEditor } from "../tools/editor";
import type { ToolName } from "../tools/state";
import css from "./canvas.module.css";

export function BarButton({
  label,
  keys,
  active,
  disabled = false,
  onClick,
  children,
}: {
  label: string;
  keys?: string;
  active?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={keys ? `${label} (${keys})` : label}>
      <ActionIcon
        aria-label={label}
        aria-pressed={active}
        variant={active ? "light" : "subtle"}
        color={active ? "leaf" : "gray"}
        disabled={disabled}
        onMouseDown={(event) => event.preventDefault()}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Undo and redo; none where nothing can be changed. */
export function HistoryButtons({
  document,
  keyOf,
}: {
  document: AnswerDocument;
  keyOf: (command: string) => string;
}) {
  const { canUndo, canRedo } = useSyncExternalStore(document.subscribe, document.getState);
  if (document.readOnly) return null;
  return (
    <>
      <BarButton
        label="Undo"
        keys={keyOf("undo")}
        disabled={!canUndo}
        onClick={() => document.undo()}
      >
        <IconArrowBackUp size={17} />
      </BarButton>
      <BarButton
        label="Redo"
        keys={keyOf("redo")}
        disabled={!canRedo}
        onClick={() => document.redo()}
      >
        <IconArrowForwardUp size={17} />
      </BarButton>
    </>
  );
}

export function CanvasBar({
  editor,
  document,
  keyOf,
}: {
  editor: ImageEditor;
  document: AnswerDocument;
  /** How a command is reached by key on this page, written for people. */
  keyOf: (command: string) => string;
}) {
  const state = useSyncExternalStore(editor.subscribe, editor.getState);
  const tools = editor.shapeTools;
  const tool = (name: ToolName, label: string, icon: ReactNode) => (
    <BarButton
      label={label}
      keys={keyOf(`tool.${name}`)}
      active={state.tool === name}
      onClick={() => editor.setTool(name)}
    >
      {icon}
    </BarButton>
  );
  return (
    <div className={css.bar} role="toolbar" aria-label="Canvas">
      {tools.length > 0 && tool("select", "Select and edit", <IconPointer size={17} />)}
      {tools.includes("box") && tool("box", "Box", <IconSquare size={17} />)}
      {tools.includes("polygon") && tool("polygon", "Polygon", <IconPolygon size={17} />)}
      {tools.length > 0 && <span className={css.divider} />}
      <HistoryButtons document={document} keyOf={keyOf} />
      <span className={css.hint}>{hintFor(state)}</span>
      <span className={css.place}>{placeText(state)}</span>
      {(tools.length > 0 || document.readOnly) && (
        <BarButton
          label={state.hidden ? "Show annotations" : "Hide annotations"}
          keys={keyOf("hide")}
          active={state.hidden}
          onClick={() => editor.toggleHidden()}
        >
          {state.hidden ? <IconEyeOff size={17} /> : <IconEye size={17} />}
        </BarButton>
      )}
      <BarButton label="Zoom out" keys={keyOf("zoom.out")} onClick={() => editor.zoom(-1)}>
        <IconZoomOut size={17} />
      </BarButton>
      <Tooltip label={`Actual size (${keyOf("zoom.actual")})`}>
        <button
          type="button"
          className={css.zoom}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => editor.actualSize()}
          aria-label={`Zoom ${Math.round(state.view.scale * 100)} percent; show actual size`}
        >
          {Math.round(state.view.scale * 100)} %
        </button>
      </Tooltip>
      <BarButton label="Zoom in" keys={keyOf("zoom.in")} onClick={() => editor.zoom(1)}>
        <IconZoomIn size={17} />
      </BarButton>
      <BarButton label="Fit" keys={keyOf("zoom.fit")} onClick={() => editor.fit()}>
        <IconMaximize size={17} />
      </BarButton>
    </div>
  );
}

function hintFor({ tool, busy, preview, byKeyboard, activeHandle }: EditorState): string {
  if (tool === "box") {
    if (busy)
      return byKeyboard ? "Enter sets the second corner" : "Click or let go at the other corner";
    return "Drag, or click two corners, or arrow keys and Enter";
  }
  if (tool === "polygon") {
    if (!busy) return "Click the first point, or arrow keys and Enter";
    return preview.closing
      ? "Click to close"
      : "Next point; double click or Enter twice closes, Backspace takes one back";
  }
  if (activeHandle !== null) return "Arrow keys move this point; , and . choose another";
  return "";
}

function placeText({ crosshair, preview, image }: EditorState): string {
  const { shape } = preview;
  if (shape?.type === "box") return `${shape.width} × ${shape.height} px`;
  if (crosshair) return `${Math.round(crosshair.x)}, ${Math.round(crosshair.y)}`;
  return image ? `${image.width} × ${image.height} px` : "";
}
