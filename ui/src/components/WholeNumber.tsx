/** A whole number that can be cleared and typed anew: only what is in range is told; leaving brings back the last. */
import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";
import { count } from "~/lib/format";

export function WholeNumber({
  value,
  min,
  max,
  onChange,
  ...rest
}: Omit<NumberInputProps, "value" | "min" | "max" | "onChange"> & {
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  const [typed, setTyped] = useState<string | number | null>(null);
  const fits = (next: string | number) =>
    next !== "" && Number.isSafeInteger(Number(next)) && Number(next) >= min && Number(next) <= max;
  return (
    <NumberInput
      {...rest}
      value={typed ?? value}
      min={min}
      max={max}
      clampBehavior="none"
      allowDecimal={false}
      error={typed !== null && !fits(typed) ? `From ${count(min)} to ${count(max)}` : undefined}
      onChange={(next) => {
        setTyped(next);
        if (fits(next)) onChange(Number(next));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
