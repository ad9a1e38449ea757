/** Where the keys go: the next open question, what can be typed in a part of the panel, the text on the stage. */
import type { Work } from "./session/work";

/** The text inside its scroller; for an image it does not matter. */
export function textBody(stage: HTMLElement | null): HTMLElement | null {
  const body = stage?.firstElementChild;
  return body instanceof HTMLElement ? body : null;
}

export function focusNextField(
  panel: HTMLElement | null,
  work: Pick<Work, "document" | "taxonomy">,
): void {
  const { fields } = work.document.answer;
  const open = work.taxonomy.fields.find(({ id }) => fields[id] === undefined);
  const id = (open ?? work.taxonomy.fields[0])?.id;
  if (id === undefined) return;
  focusFirst(panel?.querySelector(`[data-field="${CSS.escape(id)}"]`) ?? null);
}

export function focusFirst(element: Element | null): void {
  element?.querySelector<HTMLElement>("button, input, textarea")?.focus();
}
