/** The card that log-in, set-up and invitation share: a title, a form, one button, the server's answer. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, type FormEvent, type ReactNode } from "react";
import { Brand } from "~/components/Brand";
import { errorWords } from "~/components/notify";
import css from "./door.module.css";

export function Door({
  title,
  lead,
  button,
  onSubmit,
  children,
}: {
  title: string;
  lead: ReactNode;
  button?: string;
  onSubmit?: (form: FormData) => Promise<void>;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Sheaf`;
  }, [title]);
  const send = useMutation({
    mutationFn: (form: FormData) => onSubmit?.(form) ?? Promise.resolve(),
  });
  const words = send.error === null ? null : errorWords(send.error);
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    send.mutate(new FormData(event.currentTarget));
  };
  return (
    <main className={css.door}>
      <div className={css.card}>
        <div className={css.brand}>
          <Brand size={26} /> Sheaf
        </div>
        <h1>{title}</h1>
        <p className={css.lead}>{lead}</p>
        {button !== undefined && (
          <form className={css.form} onSubmit={handleSubmit}>
            {children}
            {words !== null && (
              <div className={css.error} role="alert">
                {words.message} {words.hint}
              </div>
            )}
            <Button type="submit" size="sm" loading={send.isPending}>
              {button}
            </Button>
          </form>
        )}
      </div>
    </main>
  );
}

export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};
