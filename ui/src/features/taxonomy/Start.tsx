/** A project without a taxonomy: choose something to start from. */
import { IconPlus } from "@tabler/icons-react";
import type { Media, Taxonomy } from "~/api/types";
import css from "./taxonomy.module.css";
import { TEMPLATES } from "./templates";

export function Start({ media, onStart }: { media: Media; onStart: (taxonomy: Taxonomy) => void }) {
  return (
    <div className={css.start}>
      <h2>What should be answered?</h2>
      <p>
        A taxonomy says which labels annotators may use and which questions they answer. Start from
        one of these and change it; nothing is fixed before you save.
      </p>
      <div className={css.templates}>
        {TEMPLATES.filter((template) => template.media === media).map((template) => (
          <button
            key={template.id}
            type="button"
            className={css.template}
            onClick={() => onStart(template.taxonomy)}
          >
            <strong>{template.title}</strong>
            <span>{template.what}</span>
            <span className={css.swatches} aria-hidden>
              {template.taxonomy.labels.map(({ name, color }) => (
                <i key={name} style={{ background: color }} />
              ))}
            </span>
          </button>
        ))}
        <button
          type="button"
          className={css.template}
          onClick={() => onStart({ labels: [], fields: [] })}
        >
          <strong>
            <IconPlus size={14} aria-hidden /> Empty
          </strong>
          <span>Begin with nothing</span>
        </button>
      </div>
    </div>
  );
}
