/** What an answer is made of, beside the stage: the palette, the fields, the annotations, what is wrong with it. */
import type { Problem, Taxonomy } from "~/api/types";
import type { AnswerDocument } from "~/canvas/document/document";
import { AnnotationList } from "~/canvas/panel/AnnotationList";
import { chooseLabel } from "~/canvas/panel/chooseLabel";
import { FieldsPanel } from "~/canvas/panel/FieldsPanel";
import { StagePalette } from "~/canvas/panel/StagePalette";
import { otherProblems } from "~/canvas/taxonomy/check";
import type { HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import css from "./labelling.module.css";
import type { Stage } from "./stage";

export function AnswerPanel({
  stage,
  document,
  taxonomy,
  hotkeys,
  problems,
}: {
  stage: Stage;
  document: AnswerDocument;
  taxonomy: Taxonomy;
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  problems: readonly Problem[];
}) {
  return (
    <>
      {stage.kind !== "failed" && (
        <StagePalette
          editor={stage.editor}
          document={document}
          taxonomy={taxonomy}
          hotkeys={hotkeys}
          onChoose={(label) => chooseLabel(stage.editor, taxonomy, label)}
        />
      )}
      <FieldsPanel document={document} taxonomy={taxonomy} hotkeys={hotkeys} problems={problems} />
      <AnnotationList
        document={document}
        taxonomy={taxonomy}
        problems={problems}
        onReveal={(uuid) => {
          if (stage.kind === "image") stage.editor.reveal(uuid);
        }}
      />
      {otherProblems(problems, document.answer, taxonomy).map((problem) => (
        <p key={problem.path} className={css.otherProblem}>
          {problem.path} {problem.message}
        </p>
      ))}
    </>
  );
}
