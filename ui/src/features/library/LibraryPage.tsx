/** /p/:id/library: find assets, look at them, pick them. The address holds query, sort and view. */
import { Button } from "@mantine/core";
import { IconPlus, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "~/api/http";
import { fieldsQuery } from "~/api/library";
import { projectQuery } from "~/api/projects";
import type { User } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { Failure, Page } from "~/components/Page";
import { QueryChips } from "~/components/query/QueryChips";
import { QueryBox } from "~/components/query/QueryBox";
import { AssetTable } from "~/grid/AssetTable";
import { AssetTiles, type TileSize } from "~/grid/AssetTiles";
import type { VirtualRowsHandle } from "~/grid/VirtualRows";
import { count, took } from "~/lib/format";
import { addTerm } from "~/lib/queryText";
import { isManager } from "~/lib/roles";
import { keepTicked } from "~/lib/ticked";
import { asTexts, useStored } from "~/lib/useStored";
import { AssetPanel } from "./AssetPanel";
import { FacetsPanel } from "./FacetsPanel";
import { EmptyLibrary } from "./EmptyLibrary";
import css from "./library.module.css";
import { LibraryToolbar } from "./LibraryToolbar";
import { UpdatesNote } from "./metadata/UpdatesNote";
import { SavedQueries } from "./SavedQueries";
import { SelectionBar, type SelectionDialog } from "./SelectionBar";
import { SelectionDialogs } from "./SelectionDialogs";
import { useAssetRows } from "./useAssetRows";
import { useSelection } from "./useSelection";
import { useStagingBatch } from "./useStagingBatch";

export type LibrarySearch = {
  q?: string;
  sort?: string;
  view?: "table" | "grid";
  /** The asset shown at the side. */
  asset?: string;
};

const DEFAULT_COLUMNS = ["name", "upload", "uploaded", "status", "batch"];

export function LibraryPage({
  projectId,
  user,
  search,
  onSearch,
}: {
  projectId: string;
  user: User;
  search: LibrarySearch;
  onSearch: (next: LibrarySearch, replace?: boolean) => void;
}) {
  const { q = "", sort = "ordinal", view = "grid" } = search;
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const fields = useQuery(fieldsQuery(projectId));
  const rows = useAssetRows(projectId, q, sort);
  const grid = useRef<VirtualRowsHandle>(null);
  const queryBox = useRef<(() => void) | null>(null);
  const [columnsCount, setColumnsCount] = useState(1);
  const [size, setSize] = useStored<TileSize>("sheaf:tile-size", "medium", (value) =>
    value === "small" || value === "medium" || value === "large" ? value : null,
  );
  const [chosen, setColumns] = useStored<string[] | null>(
    `sheaf:columns:${projectId}`,
    null,
    asTexts,
  );
  const [showFacets, setShowFacets] = useStored<boolean>("sheaf:facets-open", true, (value) =>
    typeof value === "boolean" ? value : null,
  );
  const metadataFields = (fields.data?.items ?? []).filter((field) => !field.builtin);
  const columns = chosen ?? [
    ...DEFAULT_COLUMNS,
    ...metadataFields.slice(0, 5).map((field) => field.name),
  ];

  const openAsset = (id: string | undefined) => {
    const { asset: _old, ...rest } = search;
    onSearch(id === undefined ? rest : { ...rest, asset: id }, search.asset !== undefined);
  };
  const picking = useSelection({
    rows,
    q,
    columns: view === "grid" ? columnsCount : 1,
    grid,
    onOpen: (index) => openAsset(rows.row(index)?.id),
    onCursor: (index) => {
      if (search.asset !== undefined) openAsset(rows.row(index)?.id);
    },
  });
  const run = useCallback(
    (next: string) => {
      const { q: _q, asset: _asset, ...rest } = search;
      onSearch(next === "" ? rest : { ...rest, q: next });
    },
    [search, onSearch],
  );

  const manager = project.data !== undefined && isManager(user, project.data);
  const selected = picking.count;
  const makeBatch = () => {
    const selection = picking.selection;
    if (selection.kind === "query" || selected === 0) {
      const from = q === "" ? "library" : "query";
      void navigate({
        to: "/p/$projectId/batches/new",
        params: { projectId },
        search: q === "" ? { from } : { from, q },
      });
      return;
    }
    keepTicked(projectId, [...selection.ids]);
    void navigate({
      to: "/p/$projectId/batches/new",
      params: { projectId },
      search: { from: "ticked" },
    });
  };

  const [dialog, setDialog] = useState<SelectionDialog | null>(null);
  const staging = useStagingBatch(projectId, q);
  const something = manager && (rows.total ?? 0) > 0;
  const these = selected > 0 ? "the selected" : "what the query finds";
  const other = view === "grid" ? "table" : "grid";
  useCommands([
    {
      id: "library.query",
      label: "Write a query",
      group: "Library",
      shortcut: "/",
      run: () => queryBox.current?.(),
    },
    {
      id: "library.all",
      label: `Select all ${count(rows.total ?? 0)} that the query finds`,
      group: "Library",
      shortcut: "Shift+A",
      enabled: (rows.total ?? 0) > 0,
      run: picking.selectAll,
    },
    {
      id: "library.none",
      label: "Select nothing",
      group: "Library",
      shortcut: "Escape",
      enabled: selected > 0,
      run: picking.clear,
    },
    {
      id: "library.batch",
      label: selected > 0 ? "Make a batch of the selected" : "Make a batch of what the query finds",
      group: "Library",
      shortcut: "b",
      enabled: something,
      run: makeBatch,
    },
    {
      id: "library.append",
      label: `Add ${these} to a batch`,
      group: "Library",
      shortcut: "a",
      enabled: something,
      run: () => setDialog("append"),
    },
    {
      id: "library.remove",
      label: `Take ${these} out of “${staging?.name ?? ""}”`,
      group: "Library",
      enabled: something && staging !== null,
      run: () => setDialog("remove"),
    },
    {
      id: "library.metadata",
      label: `Edit the metadata of ${these}`,
      group: "Library",
      shortcut: "e",
      enabled: something,
      run: () => setDialog("metadata"),
    },
    {
      id: "library.metadata-file",
      label: "Update metadata from a file",
      group: "Library",
      enabled: manager,
      run: () => void navigate({ to: "/p/$projectId/uploads/metadata/new", params: { projectId } }),
    },
    {
      id: "library.standing",
      label: "Make a standing batch of this query",
      group: "Library",
      enabled: manager,
      run: () =>
        void navigate({
          to: "/p/$projectId/batches/standing/new",
          params: { projectId },
          search: q === "" ? {} : { q },
        }),
    },
    {
      id: "library.view",
      label: view === "grid" ? "Show as table" : "Show as grid",
      group: "Library",
      shortcut: "v",
      run: () => onSearch({ ...search, view: other }),
    },
    {
      id: "library.facets",
      label: showFacets ? "Hide facets" : "Show facets",
      group: "Library",
      shortcut: "f",
      run: () => setShowFacets(!showFacets),
    },
  ]);

  useEffect(() => grid.current?.toLine(0), [q, sort]);

  const empty = rows.total === 0 && rows.error === null;
  const libraryEmpty = empty && q === "";
  const gridProps = {
    total: rows.total ?? 0,
    row: rows.row,
    isSelected: picking.isSelected,
    cursor: picking.cursor,
    handle: grid,
    onWindow: picking.handleWindow,
    onPick: picking.handlePick,
    onOpen: (index: number) => openAsset(rows.row(index)?.id),
    onKeyDown: picking.handleKeyDown,
  };
  return (
    <Page
      title="Library"
      flush
      note={project.data?.name}
      actions={
        manager && (
          <>
            <Button
              variant="default"
              leftSection={<IconUpload size={15} />}
              component={Link}
              to={`/p/${projectId}/uploads/new`}
            >
              Upload
            </Button>
            <Button
              leftSection={<IconPlus size={15} />}
              disabled={(rows.total ?? 0) === 0}
              onClick={makeBatch}
            >
              Make a batch
            </Button>
          </>
        )
      }
    >
      <div className={css.page}>
        <div className={css.toolbar}>
          <div className={css.toolbarRow}>
            <QueryBox projectId={projectId} value={q} boxRef={queryBox} onRun={run} />
            <SavedQueries
              projectId={projectId}
              q={q}
              sort={sort}
              canChangeShared={manager}
              onOpen={(nextQ, nextSort) => {
                const { q: _q, sort: _sort, asset: _asset, ...rest } = search;
                onSearch({
                  ...rest,
                  ...(nextQ === "" ? {} : { q: nextQ }),
                  ...(nextSort === "ordinal" ? {} : { sort: nextSort }),
                });
              }}
            />
            <LibraryToolbar
              projectId={projectId}
              view={view}
              sort={sort}
              size={size}
              columns={columns}
              facetsShown={showFacets}
              onView={(next) => onSearch({ ...search, view: next })}
              onSort={(next) => onSearch({ ...search, sort: next })}
              onSize={setSize}
              onColumns={setColumns}
              onFacets={() => setShowFacets(!showFacets)}
            />
          </div>
          <div className={css.toolbarRow}>
            <span className={css.figures} role="status" data-testid="library-count">
              {rows.error !== null ? (
                "Not counted"
              ) : rows.total === null ? (
                "Counting…"
              ) : (
                <>
                  <b className="num">{count(rows.total)}</b>
                  {q !== "" && project.data !== undefined
                    ? ` of ${count(project.data.counts.assets)}`
                    : rows.total === 1
                      ? " asset"
                      : " assets"}
                  {rows.tookMs !== null && ` · ${took(rows.tookMs)}`}
                </>
              )}
            </span>
            <QueryChips projectId={projectId} q={q} onRun={run} />
            {manager && (
              <UpdatesNote
                projectId={projectId}
                quiet={dialog === "metadata"}
                onEnded={rows.refresh}
              />
            )}
          </div>
        </div>
        <div className={css.body} data-panel={search.asset !== undefined}>
          {showFacets && !libraryEmpty ? (
            <FacetsPanel
              projectId={projectId}
              q={q}
              fields={fields.data?.items ?? []}
              onRun={run}
            />
          ) : (
            <span />
          )}
          <div className={css.main}>
            {view === "grid" ? (
              <AssetTiles {...gridProps} size={size} onColumns={setColumnsCount} />
            ) : (
              <AssetTable
                {...gridProps}
                columns={columns}
                sort={sort}
                onSort={(next) => onSearch({ ...search, sort: next })}
              />
            )}
            {rows.error !== null && (
              <div className={css.over}>
                {rows.error instanceof ApiError && rows.error.code === "bad_query" ? (
                  <Failure error={rows.error} />
                ) : (
                  <Failure error={rows.error} onRetry={rows.refresh} />
                )}
              </div>
            )}
            {empty && (
              <div className={css.over}>
                <EmptyLibrary
                  projectId={projectId}
                  q={q}
                  manager={manager}
                  onClear={() => run("")}
                />
              </div>
            )}
            {selected > 0 && (
              <SelectionBar
                projectId={projectId}
                selection={picking.selection}
                total={rows.total ?? 0}
                canBatch={manager}
                staging={staging}
                onAll={picking.selectAll}
                onClear={picking.clear}
                onBatch={makeBatch}
                onDialog={setDialog}
              />
            )}
            {dialog !== null && (
              <SelectionDialogs
                projectId={projectId}
                dialog={dialog}
                selection={picking.selection}
                q={q}
                total={rows.total ?? 0}
                staging={staging}
                onClose={() => setDialog(null)}
                onChanged={() => {
                  rows.refresh();
                  if (dialog === "remove") picking.clear();
                }}
              />
            )}
          </div>
          {search.asset !== undefined && (
            <AssetPanel
              projectId={projectId}
              assetId={search.asset}
              canEdit={manager}
              onClose={() => openAsset(undefined)}
              onStep={picking.step}
              onTerm={(term) => run(addTerm(q, term))}
              onChanged={rows.refresh}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
