/** One key: press it and it stands there. Says when one of our own letters gives way to it. */
import { TextInput } from "@mantine/core";
import { OURS } from "./ourKeys";
import css from "./taxonomy.module.css";

export function HotkeyInput({
  value,
  error,
  label = "Key",
  bare = false,
  onChange,
}: {
  value: string;
  error: string | null;
  label?: string;
  /** Without a visible label, in a row of a table. */
  bare?: boolean;
  onChange: (hotkey: string | null) => void;
}) {
  const ours = OURS[value];
  const words = ours ? `${label}; “${ours}” is then Alt+${value.toUpperCase()}` : label;
  return (
    <TextInput
      {...(bare ? { "aria-label": words } : { label, "aria-label": words })}
      title={ours ? `“${ours}” is then Alt+${value.toUpperCase()}` : undefined}
      classNames={{ input: css.key ?? "" }}
      data-shadows={ours !== undefined}
      placeholder="–"
      autoComplete="off"
      error={error}
      value={value}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Backspace" || event.key === "Delete") {
          event.preventDefault();
          onChange(null);
        } else if (/^[a-z0-9]$/i.test(event.key)) {
          event.preventDefault();
          onChange(event.key.toLowerCase());
        }
      }}
      onChange={(event) => onChange(event.currentTarget.value.slice(-1).toLowerCase() || null)}
    />
  );
}
