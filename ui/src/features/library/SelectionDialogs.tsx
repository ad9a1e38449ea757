/** What is done with the selected assets, or with all that the query finds when none is. */
import { AppendDialog } from "~/components/batch/AppendDialog";
import { RemoveDialog } from "~/components/batch/RemoveDialog";
import type { Batch } from "~/api/types";
import { selectedCount, type AssetSelection } from "~/grid/selection";
import { plural } from "~/lib/format";
import { EditMetadata } from "./metadata/EditMetadata";
import type { SelectionDialog } from "./SelectionBar";

export function SelectionDialogs({
  projectId,
  dialog,
  selection,
  q,
  total,
  staging,
  onClose,
  onChanged,
}: {
  projectId: string;
  dialog: SelectionDialog;
  selection: AssetSelection;
  q: string;
  total: number;
  staging: Batch | null;
  onClose: () => void;
  /** The library is not what it was. */
  onChanged: () => void;
}) {
  const some = selection.kind === "some" && selection.ids.size > 0 ? [...selection.ids] : null;
  const n = some === null ? total : selectedCount(selection);
  const source = some === null ? { query: q } : { assets: some };
  const what = (
    <>
      <b className="num">{plural(n, "asset")}</b>
      {some !== null
        ? " that you ticked."
        : q === ""
          ? ": the whole library."
          : ": all that the query finds."}
      {some === null && q !== "" && (
        <div>
          <code>{q}</code>
        </div>
      )}
    </>
  );
  const done = () => {
    onClose();
    onChanged();
  };
  if (dialog === "metadata") {
    return (
      <EditMetadata
        projectId={projectId}
        target={source as { query: string } | { assets: string[] }}
        total={n}
        onClose={onClose}
        onChanged={onChanged}
      />
    );
  }
  if (dialog === "append") {
    return <AppendDialog projectId={projectId} source={source} what={what} onClose={done} />;
  }
  return staging === null ? null : (
    <RemoveDialog
      projectId={projectId}
      batch={staging}
      source={source}
      what={what}
      onClose={onClose}
      onDone={done}
    />
  );
}
