/** How a batch is served, as a form: whom it is open to, the order of its tasks, when it is due. Pure. */
import type { Batch, Serving, TaskOrder } from "~/api/types";

export type OrderKind = "upload" | "shuffled" | "field";
/** To whom, and in which order. */
export type ServedForm = {
  /** Ids of groups and people together. */
  openTo: string[];
  orderKind: OrderKind;
  orderBy: string;
  descending: boolean;
  /** Kept when the order is shuffled again and again. */
  orderSeed: number | null;
};
export type ServingForm = ServedForm & {
  /** As a field of date and time has it, in the browser's zone; "" is never. */
  due: string;
  /** The source whose pre-labels are shown; "" is none. */
  prelabels: string;
};

export const SERVED_TO_EVERYBODY: ServedForm = {
  openTo: [],
  orderKind: "upload",
  orderBy: "",
  descending: false,
  orderSeed: null,
};
export const TO_EVERYBODY: ServingForm = { ...SERVED_TO_EVERYBODY, due: "", prelabels: "" };

const two = (n: number) => String(n).padStart(2, "0");

/** A time as a field of date and time has it. */
export function dueField(time: string | null): string {
  if (time === null) return "";
  const at = new Date(time);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function servedForm({ open_to, order }: Pick<Batch, "open_to" | "order">): ServedForm {
  const field = typeof order === "object" && "field" in order ? order.field : null;
  const shuffled = typeof order === "object" && "shuffled" in order ? order.shuffled : null;
  return {
    openTo: [...open_to.groups, ...open_to.people].map(({ id }) => id),
    orderKind: field !== null ? "field" : shuffled !== null ? "shuffled" : "upload",
    orderBy: field?.by ?? "",
    descending: field?.descending ?? false,
    orderSeed: shuffled?.seed ?? null,
  };
}

export const servingForm = (
  batch: Pick<Batch, "open_to" | "order" | "due_at" | "prelabels">,
): ServingForm => ({
  ...servedForm(batch),
  due: dueField(batch.due_at),
  prelabels: batch.prelabels ?? "",
});

function orderOf(form: ServedForm): TaskOrder {
  if (form.orderKind === "shuffled") return { shuffled: { seed: form.orderSeed } };
  if (form.orderKind === "field") {
    return { field: { by: form.orderBy, descending: form.descending } };
  }
  return "upload";
}

/** What is sent to the server. */
export function servedOf(form: ServedForm): Pick<Serving, "open_to" | "order"> {
  const isGroup = (id: string) => id.startsWith("grp_");
  return {
    open_to: {
      groups: form.openTo.filter(isGroup),
      people: form.openTo.filter((id) => !isGroup(id)),
    },
    order: orderOf(form),
  };
}

export const servingOf = (form: ServingForm): Serving => ({
  ...servedOf(form),
  due_at: form.due === "" ? null : new Date(form.due).toISOString(),
  prelabels: form.prelabels === "" ? null : form.prelabels,
});

/** What is missing; null when nothing is. */
export const servingLack = (form: ServedForm): string | null =>
  form.orderKind === "field" && form.orderBy === "" ? "Choose a field to order by." : null;

/** "By score, greatest first". */
export function orderText(order: TaskOrder): string {
  if (order === "upload") return "In upload order";
  if ("shuffled" in order) return `Shuffled, seed ${order.shuffled.seed ?? "drawn at the start"}`;
  const { by, descending = false } = order.field;
  return `By ${by}, ${descending ? "greatest" : "least"} first`;
}

/** Whether a batch should be done by now and is not. */
export const isOverdue = (
  batch: { due_at: string | null; state: Batch["state"] },
  now: number,
): boolean =>
  batch.due_at !== null &&
  batch.state !== "completed" &&
  batch.state !== "cancelled" &&
  Date.parse(batch.due_at) <= now;
