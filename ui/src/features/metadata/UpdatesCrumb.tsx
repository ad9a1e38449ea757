/** The way back from one metadata update to the list of them. */
import { Link } from "@tanstack/react-router";
import css from "~/components/page.module.css";

export function UpdatesCrumb({ projectId }: { projectId: string }) {
  return (
    <Link to="/p/$projectId/uploads/metadata" params={{ projectId }} className={css.crumb}>
      Metadata updates /
    </Link>
  );
}
