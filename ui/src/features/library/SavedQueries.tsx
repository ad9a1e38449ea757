/** The saved queries of the library: open one, save this one, and the dialogs around them. */
import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconBookmarkFilled, IconCheck, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeSavedQuery, savedQueriesQuery } from "~/api/savedQueries";
import type { SavedQuery } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { notifyDone, notifyError } from "~/components/notify";
import css from "./library.module.css";
import { ManageQueries } from "./ManageQueries";
import { SaveQueryDialog } from "./SaveQueryDialog";

/** Listed in the menu; beyond them one types a part of the name. */
const LISTED = 30;
/** Offered in the command palette. */
const IN_PALETTE = 50;

const sortOf = (saved: SavedQuery) => saved.sort ?? "ordinal";

export function SavedQueries({
  projectId,
  q,
  sort,
  canChangeShared,
  onOpen,
}: {
  projectId: string;
  q: string;
  sort: string;
  /** Managers may change what others have shared. */
  canChangeShared: boolean;
  onOpen: (q: string, sort: string) => void;
}) {
  const client = useQueryClient();
  const query = useQuery(savedQueriesQuery(projectId));
  const items = query.data?.items ?? [];
  const [opened, setOpened] = useState(false);
  const [dialog, setDialog] = useState<"save" | "manage" | null>(null);
  const [find, setFind] = useState("");
  const [lastId, setLastId] = useState<string | null>(null);
  const canChange = (saved: SavedQuery) => saved.mine || (saved.shared && canChangeShared);

  const present = items.find((saved) => saved.query === q && sortOf(saved) === sort);
  // The one that was opened and then edited: saving may mean changing it.
  const edited =
    present === undefined ? items.find((saved) => saved.id === lastId && canChange(saved)) : null;
  const open = (saved: SavedQuery) => {
    setLastId(saved.id);
    onOpen(saved.query, sortOf(saved));
  };
  const update = useMutation({
    mutationFn: (saved: SavedQuery) =>
      changeSavedQuery(projectId, saved.id, { query: q, sort: sort === "ordinal" ? null : sort }),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ["saved-queries", projectId] });
      notifyDone(`“${saved.name}” is now this query.`);
    },
    onError: (error) => notifyError(error, "It was not saved"),
  });
  useCommands([
    {
      id: "library.saved",
      label: "Saved queries",
      group: "Library",
      shortcut: "s",
      run: () => setOpened(true),
    },
    {
      id: "library.save",
      label: "Save this query",
      group: "Library",
      shortcut: "Shift+S",
      run: () => setDialog("save"),
    },
    // Before the command that changes one: who types a name and presses Enter means to open it.
    ...items.slice(0, IN_PALETTE).map((saved) => ({
      id: `library.saved.${saved.id}`,
      label: `${saved.name}: ${saved.query === "" ? "everything" : saved.query}`,
      group: "Saved query",
      run: () => open(saved),
    })),
    {
      id: "library.update-saved",
      label: `Update “${edited?.name ?? ""}” to this query`,
      group: "Library",
      enabled: edited != null,
      run: () => edited != null && update.mutate(edited),
    },
    {
      id: "library.manage-saved",
      label: "Rename, share or delete saved queries",
      group: "Library",
      enabled: items.length > 0,
      run: () => setDialog("manage"),
    },
  ]);

  const text = find.trim().toLowerCase();
  const found = items.filter((saved) =>
    `${saved.name} ${saved.query}`.toLowerCase().includes(text),
  );
  const shown = found.slice(0, LISTED);
  const groups = [
    ["Mine", shown.filter((saved) => saved.mine)],
    ["Shared by others", shown.filter((saved) => !saved.mine)],
  ] as const;
  return (
    <>
      <Menu
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        width={340}
        trapFocus
        onClose={() => setFind("")}
      >
        <Menu.Target>
          <Tooltip
            label={present === undefined ? "Saved queries (S)" : `Saved as “${present.name}”`}
          >
            <ActionIcon
              variant={present === undefined ? "default" : "light"}
              color="leaf"
              size={32}
              aria-label="Saved queries"
            >
              {present === undefined ? (
                <IconBookmark size={16} />
              ) : (
                <IconBookmarkFilled size={16} />
              )}
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={460} style={{ overflowY: "auto" }}>
          {items.length > 8 && (
            <TextInput
              aria-label="Find a saved query"
              placeholder="Find a saved query"
              value={find}
              onChange={(event) => setFind(event.target.value)}
              m={4}
              data-autofocus
            />
          )}
          {edited != null && (
            <Menu.Item onClick={() => update.mutate(edited)}>
              Update “{edited.name}” to this query
            </Menu.Item>
          )}
          <Menu.Item onClick={() => setDialog("save")} rightSection={<kbd>Shift+S</kbd>}>
            Save this query
          </Menu.Item>
          {items.length > 0 && (
            <Menu.Item onClick={() => setDialog("manage")}>Rename, share, delete</Menu.Item>
          )}
          {groups.map(
            ([title, list]) =>
              list.length > 0 && (
                <div key={title} role="presentation">
                  <Menu.Divider />
                  <Menu.Label>{title}</Menu.Label>
                  {list.map((saved) => (
                    <Menu.Item
                      key={saved.id}
                      styles={{ itemLabel: { minWidth: 0 }, itemSection: { minWidth: 14 } }}
                      onClick={() => open(saved)}
                      leftSection={saved.id === present?.id ? <IconCheck size={14} /> : <span />}
                      rightSection={
                        saved.shared ? (
                          <IconUsers size={14} role="img" aria-label="shared" />
                        ) : undefined
                      }
                    >
                      <span className={css.savedName}>{saved.name}</span>
                      <code className={css.savedQuery}>
                        {saved.query === "" ? "everything" : saved.query}
                      </code>
                    </Menu.Item>
                  ))}
                </div>
              ),
          )}
          {found.length > LISTED && (
            <Menu.Label>{found.length - LISTED} more: type a part of the name</Menu.Label>
          )}
          {query.error !== null && <Menu.Label>They could not be loaded.</Menu.Label>}
          {query.data !== undefined && items.length === 0 && (
            <Menu.Label fw={400}>
              Nothing saved yet. Save a query to find it again, or to share it with your team.
            </Menu.Label>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === "save" && (
        <SaveQueryDialog
          projectId={projectId}
          q={q}
          sort={sort}
          onSaved={(saved) => setLastId(saved.id)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "manage" && (
        <ManageQueries
          projectId={projectId}
          items={items}
          canChange={canChange}
          onOpen={(saved) => {
            setDialog(null);
            open(saved);
          }}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  );
}
