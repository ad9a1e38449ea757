/** Toasts: what happened, and what to do. The only place that shows one. */
import { notifications } from "@mantine/notifications";
import { ApiError } from "~/api/http";
import { WithCode } from "./WithCode";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** Words of the server as a sentence of their own. */
export const sentence = (text: string) => {
  const start = capital(text.trim());
  return /[.!?]$/.test(start) ? start : `${start}.`;
};

/** The words for any failure: the server's message, then its hint. */
export function errorWords(error: unknown): { message: string; hint: string | null } {
  if (error instanceof ApiError) {
    return {
      message: sentence(error.message),
      hint: error.hint === null ? null : sentence(error.hint),
    };
  }
  if (error instanceof Error) return { message: sentence(error.message), hint: null };
  return { message: "Something failed that should not.", hint: "Reload the page and try again." };
}

export function notifyError(error: unknown, what?: string): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const { message, hint } = errorWords(error);
  notifications.show({
    color: "red",
    title: what ?? "That did not work",
    message: <WithCode text={hint === null ? message : `${message} ${hint}`} />,
    autoClose: 9000,
  });
}

export function notifyDone(message: string): void {
  notifications.show({ color: "leaf", message, autoClose: 3500 });
}
