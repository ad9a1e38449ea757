/** A few choices side by side, each with a word on what it means. A radio group. */
import type { KeyboardEvent } from "react";
import css from "./recipe.module.css";

export type Choice<T extends string> = {
  value: T;
  title: string;
  hint: string;
  disabled?: boolean;
};

export function Choices<T extends string>({
  label,
  value,
  options,
  columns,
  onChange,
}: {
  label: string;
  value: T;
  /** In a row; as many as fit when left out. */
  columns?: 3;
  options: Choice<T>[];
  onChange: (value: T) => void;
}) {
  const handleKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const open = options.filter((option) => option.disabled !== true);
    const at = open.findIndex((option) => option.value === value);
    const next = open[(at + step + open.length) % open.length];
    if (next === undefined) return;
    onChange(next.value);
    event.currentTarget.querySelector<HTMLButtonElement>(`[data-value="${next.value}"]`)?.focus();
  };
  return (
    <div
      className={css.choices}
      data-columns={columns}
      role="radiogroup"
      aria-label={label}
      onKeyDown={handleKey}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          data-value={option.value}
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          disabled={option.disabled}
          className={css.choice}
          onClick={() => onChange(option.value)}
        >
          <strong>{option.title}</strong>
          <small>{option.hint}</small>
        </button>
      ))}
    </div>
  );
}
