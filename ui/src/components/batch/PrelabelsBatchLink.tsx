/** To the form of a batch that shows what a source says, of the assets of which it says something. */
import { Button, type ButtonProps } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { createLink } from "@tanstack/react-router";
import { quote } from "~/lib/queryText";

const LinkButton = createLink((props: ButtonProps) => <Button component="a" {...props} />);

export function PrelabelsBatchLink({
  projectId,
  source,
  label,
  children,
  ...button
}: Pick<ButtonProps, "size" | "variant" | "children"> & {
  projectId: string;
  source: string;
  /** What it is called where `children` do not name the source. */
  label?: string;
}) {
  return (
    <LinkButton
      {...button}
      to="/p/$projectId/batches/new"
      params={{ projectId }}
      search={{ q: `prelabel:${quote(source)}`, prelabels: source }}
      leftSection={<IconStack2 size={14} />}
      aria-label={label}
    >
      {children}
    </LinkButton>
  );
}
