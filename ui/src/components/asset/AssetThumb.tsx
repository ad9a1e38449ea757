/** An asset in small: its thumbnail, or the beginning of its text. */
import { IconFile, IconLink } from "@tabler/icons-react";
import type { Asset } from "~/api/types";
import css from "./asset.module.css";

export function AssetThumb({ asset }: { asset: Asset }) {
  if (asset.thumbnail !== null) {
    return (
      <img className={css.image} src={asset.thumbnail} alt="" decoding="async" draggable={false} />
    );
  }
  if (asset.excerpt !== null) return <div className={css.excerpt}>{asset.excerpt}</div>;
  if (asset.url !== null && asset.media_type.startsWith("image/")) {
    return (
      <img
        className={css.image}
        src={asset.url}
        alt=""
        loading="lazy"
        decoding="async"
        referrerPolicy="no-referrer"
        draggable={false}
      />
    );
  }
  return (
    <div className={css.nothing} aria-hidden>
      {asset.url === null ? <IconFile size={22} /> : <IconLink size={22} />}
    </div>
  );
}

/** A row of small pictures, as a sample of many. */
export function ThumbStrip({ assets }: { assets: Asset[] }) {
  return (
    <div className={css.strip}>
      {assets.map((asset) => (
        <div key={asset.id} className={css.stripItem} title={asset.name}>
          <AssetThumb asset={asset} />
        </div>
      ))}
    </div>
  );
}
