/** "Are you sure": says what will happen and what cannot be undone; resolves to the answer. */
import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";

export function confirm(question: {
  title: string;
  text: string;
  yes: string;
  danger?: boolean;
}): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title: question.title,
      children: <Text size="sm">{question.text}</Text>,
      labels: { confirm: question.yes, cancel: "Keep as it is" },
      confirmProps: question.danger === true ? { color: "red" } : {},
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    });
  });
}
