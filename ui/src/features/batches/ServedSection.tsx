/** Of a batch's page: to whom it is served, in which order, until when; and what is likely not meant. */
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Batch } from "~/api/types";
import { Due } from "~/components/batch/Due";
import { orderText } from "~/components/batch/serving";
import { Section } from "~/components/Page";
import css from "~/components/page.module.css";

export function ServedSection({ batch }: { batch: Batch }) {
  const named = [...batch.open_to.groups, ...batch.open_to.people];
  return (
    <>
      {batch.warnings.map((warning) => (
        <Alert
          key={warning.code}
          color="yellow"
          icon={<IconAlertTriangle size={16} />}
          mb={12}
          role="alert"
        >
          {warning.message.charAt(0).toUpperCase() + warning.message.slice(1)}.
        </Alert>
      ))}
      <Section title="How it is served">
        <div className={css.legend}>
          <span>
            Open to{" "}
            {named.length === 0
              ? "everybody with the role for it"
              : named.map(({ name }) => name).join(", ")}
          </span>
          <span>{orderText(batch.order)}</span>
          {batch.due_at === null ? <span>Not due at any time</span> : <Due batch={batch} />}
        </div>
      </Section>
    </>
  );
}
