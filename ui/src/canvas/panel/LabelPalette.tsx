/** The labels one can draw or mark with, each with its colour and key. */
import type { Taxonomy } from "~/api/types";
import { hotkeyOfLabel, type HotkeyTarget } from "../taxonomy/hotkeys";
import { labelTitle } from "../taxonomy/titles";
import css from "./panel.module.css";

export function LabelPalette({
  taxonomy,
  hotkeys,
  active,
  counts,
  onChoose,
}: {
  taxonomy: Taxonomy;
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  active: string | null;
  /** How many annotations each label has. */
  counts: ReadonlyMap<string, number>;
  onChoose: (label: string) => void;
}) {
  if (taxonomy.labels.length === 0) return null;
  return (
    <section className={css.section}>
      <h2 className={css.question}>Labels</h2>
      <div className={css.palette} role="group" aria-label="Labels">
        {taxonomy.labels.map((label) => {
          const key = hotkeyOfLabel(hotkeys, label.name);
          const count = counts.get(label.name) ?? 0;
          return (
            <button
              key={label.name}
              type="button"
              className={css.label}
              aria-pressed={label.name === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(label.name)}
            >
              <span className={css.swatch} style={{ background: label.color }} aria-hidden />
              <span className={css.optionTitle}>{labelTitle(label)}</span>
              {count > 0 && (
                <span className={css.count} aria-label={`${count} annotations`}>
                  {count}
                </span>
              )}
              {key !== null && <kbd aria-hidden>{key.toUpperCase()}</kbd>}
            </button>
          );
        })}
      </div>
    </section>
  );
}
