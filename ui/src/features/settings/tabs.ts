/** The tabs of the settings, as they stand in the address. */
export const SETTINGS_TABS = ["general", "taxonomy", "instructions", "queue", "webhooks"] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];
