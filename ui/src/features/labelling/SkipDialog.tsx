/** Why a task is skipped: a reason by key or by words. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { CLOSE } from "./dialogs";
import css from "./labelling.module.css";

const REASONS: readonly {
  readonly key: string;
  readonly reason: string;
  readonly words: string;
}[] = [
  { key: "1", reason: "unclear", words: "Unclear: I cannot decide" },
  { key: "2", reason: "broken", words: "Broken: it cannot be seen or read" },
];

export function SkipDialog({
  opened,
  onClose,
  onSkip,
}: {
  opened: boolean;
  onClose: () => void;
  onSkip: (reason: string) => void;
}) {
  const [other, setOther] = useState("");
  const reason = other.trim();
  const handleKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target instanceof HTMLInputElement) return;
    const found = REASONS.find(({ key }) => key === event.key);
    if (!found) return;
    event.preventDefault();
    onSkip(found.reason);
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Skip this task"
      size="sm"
      closeButtonProps={CLOSE}
    >
      <div className={css.skip} onKeyDown={handleKey} role="presentation">
        {REASONS.map(({ key, reason: code, words }, i) => (
          <Button
            key={code}
            variant="default"
            justify="space-between"
            size="sm"
            data-autofocus={i === 0 ? true : undefined}
            rightSection={<kbd>{key}</kbd>}
            onClick={() => onSkip(code)}
          >
            {words}
          </Button>
        ))}
        <form
          className={css.skipOther}
          onSubmit={(event) => {
            event.preventDefault();
            if (reason !== "") onSkip(reason);
          }}
        >
          <TextInput
            aria-label="Another reason"
            placeholder="Another reason"
            maxLength={500}
            value={other}
            onChange={(event) => setOther(event.currentTarget.value)}
          />
          <Button type="submit" disabled={reason === ""}>
            Skip
          </Button>
        </form>
        <p className={css.dim}>Someone else gets it. You will not see it again.</p>
      </div>
    </Modal>
  );
}
