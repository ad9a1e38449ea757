/** All keys of this page, with those of the project's labels and options. */
import { Modal } from "@mantine/core";
import type { Media, Taxonomy } from "~/api/types";
import { effectiveKeys, type HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import { findLabel, labelTitle, optionTitle } from "~/canvas/taxonomy/titles";
import { CANVAS_KEYS, COMMANDS, keyText, TEXT_KEYS, type CommandWords } from "./commands";
import { CLOSE } from "./dialogs";
import css from "./labelling.module.css";

export function KeySheet({
  opened,
  onClose,
  hotkeys,
  taxonomy,
  media,
  enterSubmits,
  commands = COMMANDS,
  stageKeys = media === "image" ? CANVAS_KEYS : TEXT_KEYS,
}: {
  opened: boolean;
  onClose: () => void;
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  taxonomy: Taxonomy;
  media: Media;
  enterSubmits: boolean;
  commands?: readonly CommandWords<string>[];
  /** What the stage itself takes. */
  stageKeys?: readonly { readonly keys: string; readonly what: string }[];
}) {
  const draws = taxonomy.labels.length > 0;
  const groups = (["Review", "Task", "Answer", "Image"] as const)
    .filter((group) => group !== "Image" || media === "image")
    .filter((group) => commands.some((command) => command.group === group))
    .map((group) => ({
      title: group,
      rows: commands
        .filter((command) => command.group === group)
        .filter(({ id }) => draws || !DRAWING.has(id))
        .map(({ id, label, keys }) => ({
          what: label,
          keys: [
            ...effectiveKeys(keys, hotkeys),
            ...(id === "submit" && enterSubmits ? ["Enter"] : []),
          ],
        })),
    }));
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="xl" closeButtonProps={CLOSE}>
      <div className={css.sheet}>
        {hotkeys.size > 0 && (
          <Group
            title="This project"
            rows={[...hotkeys].map(([key, target]) => ({
              what: titleOf(target, taxonomy),
              keys: [key],
            }))}
          />
        )}
        {groups.map((group) => (
          <Group key={group.title} {...group} />
        ))}
        {(draws || commands !== COMMANDS) && (
          <section className={css.sheetGroup}>
            <h2>
              {commands !== COMMANDS ? "Also" : media === "image" ? "On the image" : "In the text"}
            </h2>
            {stageKeys.map(({ keys, what }) => (
              <div key={what} className={css.sheetRow}>
                <span>{what}</span>
                <kbd>{keys}</kbd>
              </div>
            ))}
          </section>
        )}
      </div>
    </Modal>
  );
}

const DRAWING = new Set([
  "tool.select",
  "tool.box",
  "tool.polygon",
  "hide",
  "opacity.less",
  "opacity.more",
  "clear",
  "focus.attributes",
]);

function Group({
  title,
  rows,
}: {
  title: string;
  rows: readonly { what: string; keys: string[] }[];
}) {
  return (
    <section className={css.sheetGroup}>
      <h2>{title}</h2>
      {rows.map(({ what, keys }) => (
        <div key={what} className={css.sheetRow}>
          <span>{what}</span>
          <span className={css.sheetKeys}>
            {keys.map((key) => (
              <kbd key={key}>{keyText(key)}</kbd>
            ))}
          </span>
        </div>
      ))}
    </section>
  );
}

function titleOf(target: HotkeyTarget, taxonomy: Taxonomy): string {
  if (target.kind === "label") {
    const label = findLabel(taxonomy, target.label);
    return label ? labelTitle(label) : target.label;
  }
  const field = taxonomy.fields.find(({ id }) => id === target.field);
  const option = field?.options?.find(({ value }) => value === target.value);
  return `${field?.title ?? target.field}: ${option ? optionTitle(option) : target.value}`;
}
