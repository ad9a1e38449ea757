/** What every dialog of this page has in common: a close button with a name. */
export const CLOSE = { "aria-label": "Close" } as const;
