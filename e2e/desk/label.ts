/** The labelling page as an annotator sees it. */
import type { Locator, Page } from "@playwright/test";

export type LabelDesk = {
  /** The image of this name, on the stage. */
  image: (name: string) => Locator;
  /** Whatever is on the stage. */
  stage: Locator;
  answer: Locator;
  /** An option or a label in the panel. */
  option: (name: string) => Locator;
  /** Whether all is saved. */
  sync: (text: string) => Locator;
};

export function labelDesk(page: Page): LabelDesk {
  const stage = page.locator('[role="application"], [role="textbox"][aria-readonly]').first();
  const answer = page.getByRole("complementary", { name: "Answer" });
  return {
    image: (name) => page.getByRole("application", { name }),
    stage,
    answer,
    option: (name) => answer.getByRole("button", { name, exact: true }),
    sync: (text) => page.getByText(text, { exact: true }),
  };
}
