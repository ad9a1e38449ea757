/** A thumbnail in a row; a quiet place of the same size where there is none, or where it may not be seen any more. */
import { IconPhoto } from "@tabler/icons-react";
import { useState } from "react";
import css from "./asset.module.css";

export function Thumb({ src }: { src: string | null }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (src === null || failed === src) {
    return (
      <span className={css.thumb} aria-hidden>
        <IconPhoto size={16} />
      </span>
    );
  }
  return (
    <img className={css.thumb} src={src} alt="" loading="lazy" onError={() => setFailed(src)} />
  );
}
