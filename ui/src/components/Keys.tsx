/** A shortcut as it is printed on the keys. */
import { shortcutText } from "~/commands/keys";

export function Keys({ shortcut }: { shortcut: string }) {
  return (
    <span style={{ whiteSpace: "nowrap", display: "inline-flex", gap: 3 }}>
      {shortcutText(shortcut).map((press, i) => (
        <kbd key={`${press}-${i}`}>{press}</kbd>
      ))}
    </span>
  );
}
