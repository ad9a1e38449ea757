/** The two kinds of batches of a project: those that are there, and those that make themselves. */
import { Link } from "@tanstack/react-router";
import css from "./batch.module.css";

export function BatchesTabs({ projectId, at }: { projectId: string; at: "batches" | "standing" }) {
  return (
    <nav className={css.tabs} aria-label="Kinds of batches">
      <Link
        to="/p/$projectId/batches"
        params={{ projectId }}
        aria-current={at === "batches" ? "page" : undefined}
      >
        Batches
      </Link>
      <Link
        to="/p/$projectId/batches/standing"
        params={{ projectId }}
        aria-current={at === "standing" ? "page" : undefined}
      >
        Standing batches
      </Link>
    </nav>
  );
}
