/** What the query box and what opens under it look like. */
import { EditorView } from "@codemirror/view";

export const look = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mantine-font-family-monospace)",
    lineHeight: "22px",
    overflowX: "auto",
    scrollbarWidth: "none",
  },
  ".cm-content": { padding: "4px 0", caretColor: "var(--sheaf-text)" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": {
    color: "var(--sheaf-dim)",
    fontFamily: "var(--mantine-font-family)",
  },
  ".cm-cursor": { borderLeftColor: "var(--sheaf-text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--sheaf-bar) !important",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--sheaf-danger) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--sheaf-warn) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--sheaf-raised)",
    border: "1px solid var(--sheaf-line-strong)",
    borderRadius: "7px",
    boxShadow: "var(--sheaf-shadow)",
    overflow: "hidden",
    color: "var(--sheaf-text)",
    zIndex: "300",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mantine-font-family-monospace)",
    fontSize: "12.5px",
    maxHeight: "300px",
    minWidth: "260px",
    padding: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "3px 8px",
    borderRadius: "4px",
    display: "flex",
    gap: "14px",
    lineHeight: "1.5",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--sheaf-accent-soft)",
    color: "var(--sheaf-text)",
  },
  ".cm-completionLabel": { flex: "1" },
  ".cm-completionDetail": {
    color: "var(--sheaf-dim)",
    fontStyle: "normal",
    fontFamily: "var(--mantine-font-family)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-diagnostic": {
    whiteSpace: "pre-line",
    padding: "6px 10px",
    fontFamily: "var(--mantine-font-family)",
    maxWidth: "420px",
  },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--sheaf-danger)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--sheaf-warn)" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--sheaf-accent)",
    color: "var(--sheaf-surface)",
    borderRadius: "4px",
    padding: "1px 7px",
    marginLeft: "8px",
  },
});
