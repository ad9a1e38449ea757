/** Of a batch's page: what is likely not meant; to whom it is served, in which order, until when. */
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Batch } from "~/api/types";
import { Due } from "~/components/batch/Due";
import { orderText } from "~/components/batch/serving";
import { Facts, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { moment } from "~/lib/format";

/** What is likely not meant, before anything else is read. */
export function BatchWarnings({ batch }: { batch: Batch }) {
  return batch.warnings.map((warning) => (
    <Alert
      key={warning.code}
      color="yellow"
      icon={<IconAlertTriangle size={16} />}
      mb={12}
      px={14}
      py={8}
      role="alert"
    >
      {warning.message.charAt(0).toUpperCase() + warning.message.slice(1)}.
    </Alert>
  ));
}

export function ServedSection({ batch }: { batch: Batch }) {
  const named = [...batch.open_to.groups, ...batch.open_to.people];
  return (
    <Section title="How it is served">
      <Facts
        facts={[
          [
            "Open to",
            named.length === 0
              ? "Everybody with the role for it"
              : named.map(({ name }) => name).join(", "),
          ],
          ["Order of its tasks", orderText(batch.order)],
          ...(batch.prelabels === null
            ? []
            : [["Pre-labels shown", batch.prelabels] as [string, string]]),
          [
            "Due",
            batch.due_at === null ? (
              <span className={css.dim}>No date</span>
            ) : (
              <>
                {moment(batch.due_at)} <Due batch={batch} />
              </>
            ),
          ],
        ]}
      />
    </Section>
  );
}
