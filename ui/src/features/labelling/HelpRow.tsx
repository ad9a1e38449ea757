/** The last row of a task's panel: what to do here, and with which keys. */
import { Button, Kbd } from "@mantine/core";
import css from "./labelling.module.css";

export function HelpRow({
  keyOf,
  run,
}: {
  keyOf: (command: string) => string;
  run: (id: "instructions" | "help") => void;
}) {
  return (
    <div className={css.footRow}>
      <Button variant="subtle" color="gray" fullWidth onClick={() => run("instructions")}>
        Instructions <Kbd size="xs">{keyOf("instructions")}</Kbd>
      </Button>
      <Button variant="subtle" color="gray" fullWidth onClick={() => run("help")}>
        Keys <Kbd size="xs">?</Kbd>
      </Button>
    </div>
  );
}
