/**
 * The entry: fonts, styles, and everything that the first page waits for, asked for at once: the application, the page's own
 * code, who is logged in, and the first rows of a library.
 */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/tokens.css";
import "./theme/base.css";
import { headStart } from "./api/headStart";
import { apiUrl } from "./api/http";
import type { Session } from "./api/types";
import { firstAssets } from "./api/first";

const project = /^\/p\/([^/]+)\/library$/.exec(location.pathname)?.[1];

void headStart(apiUrl("/session")).then(async (answer) => {
  if (project === undefined || answer?.ok !== true) return;
  // Somebody who is not logged in is not to see a refusal in the console.
  const session = (await answer.clone().json()) as Session;
  if (session.user !== null)
    void headStart(firstAssets(project, new URLSearchParams(location.search)));
});

void import("./app");
if (project !== undefined) void import("./features/library/LibraryPage");
else if (location.pathname.startsWith("/label")) void import("./features/labelling/LabellingPage");
