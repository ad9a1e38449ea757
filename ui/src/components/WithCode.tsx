/** A sentence of the server in which `backticks` stand for code. */
import { Fragment } from "react";

export function WithCode({ text }: { text: string }) {
  return text
    .split("`")
    .map((piece, i, all) =>
      i % 2 === 1 && i < all.length - 1 ? (
        <code key={i}>{piece}</code>
      ) : (
        <Fragment key={i}>{i % 2 === 1 ? `\`${piece}` : piece}</Fragment>
      ),
    );
}
