/** The frame of every page: header with title and actions, body, sections, figures, empty and failed states. */
import { Button, Loader } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, type ReactNode } from "react";
import { errorWords } from "./notify";
import css from "./page.module.css";
import { WithCode } from "./WithCode";

export function Page({
  title,
  crumbs,
  note,
  actions,
  flush = false,
  width,
  children,
}: {
  title: string;
  /** Links in front of the title. */
  crumbs?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  /** The body fills the page and scrolls by itself. */
  flush?: boolean;
  width?: "narrow" | "full";
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Sheaf`;
  }, [title]);
  return (
    <div className={css.page}>
      <header className={css.header}>
        {crumbs}
        <h1 className={css.title}>{title}</h1>
        {note !== undefined && <span className={css.note}>{note}</span>}
        <span className={css.space} />
        {actions}
      </header>
      <div className={css.body} data-flush={flush} data-scroller>
        {flush || width === "full" ? (
          children
        ) : (
          <div className={css.measure} data-width={width}>
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

export function Section({
  title,
  label = title,
  actions,
  flush = false,
  children,
}: {
  /** Left out where the page's own title says it: then `label` names the section. */
  title?: string;
  label?: string | undefined;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={css.section} aria-label={label}>
      {title !== undefined && (
        <div className={css.sectionHead}>
          <h2>{title}</h2>
          <span className={css.space} />
          {actions}
        </div>
      )}
      <div className={css.sectionBody} data-flush={flush}>
        {children}
      </div>
    </section>
  );
}

export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon: ReactNode;
  title: string;
  /** What this place is for and what comes next. */
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={css.empty}>
      <div className={css.emptyIcon} aria-hidden>
        {icon}
      </div>
      <h2>{title}</h2>
      <p>{children}</p>
      {actions !== undefined && <div className={css.emptyActions}>{actions}</div>}
    </div>
  );
}

export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, hint } = errorWords(error);
  return (
    <div className={css.failure} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div style={{ flex: 1 }}>
        <strong>
          <WithCode text={message} />
        </strong>
        {hint !== null && <WithCode text={hint} />}
      </div>
      {onRetry !== undefined && (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Waiting({ what }: { what: string }) {
  return (
    <div className={css.empty} role="status" aria-label={`Loading ${what}`}>
      <Loader />
    </div>
  );
}

/** Named facts beside each other. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, fact: ReactNode])[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, fact]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Stats({ children }: { children: ReactNode }) {
  return <div className={css.stats}>{children}</div>;
}

export function Stat({
  label,
  value,
  hint,
}: {
  label: string;
  value: ReactNode;
  hint?: ReactNode;
}) {
  return (
    <div className={css.stat}>
      <div className={css.statLabel}>{label}</div>
      <div className={css.statValue}>{value}</div>
      {hint !== undefined && <div className={css.statHint}>{hint}</div>}
    </div>
  );
}
