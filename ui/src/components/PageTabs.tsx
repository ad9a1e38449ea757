/** Pages that belong together, side by side above each of them. The one that is open is marked by its address. */
import { Link } from "@tanstack/react-router";
import css from "./page.module.css";

export function PageTabs({ label, tabs }: { label: string; tabs: { to: string; text: string }[] }) {
  return (
    <nav className={css.tabs} aria-label={label}>
      {tabs.map(({ to, text }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
