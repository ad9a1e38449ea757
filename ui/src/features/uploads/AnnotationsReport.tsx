/** What a file of annotations would bring in, or has: which assets were found, whose pre-labels, what was left out. */
import { IconPhotoQuestion } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { AnnotationsAdded } from "~/api/types";
import { PrelabelsBatchLink } from "~/components/batch/PrelabelsBatchLink";
import { EmptyState, Section, Stat, Stats } from "~/components/Page";
import css from "~/components/page.module.css";
import { count } from "~/lib/format";
import { saidWords, taxonomyWords } from "./annotationWords";
import own from "./uploads.module.css";

export function AnnotationsReport({
  projectId,
  report,
  actions,
}: {
  projectId: string;
  report: AnnotationsAdded;
  /** What can be done now. */
  actions: ReactNode;
}) {
  const { prelabels, dry_run: dry } = report;
  return (
    <>
      <div role="status" className={own.said}>
        {saidWords(report)} {taxonomyWords(report)}
      </div>
      {actions}
      <Stats>
        <Stat label="In the file" value={count(report.assets)} hint="assets" />
        <Stat label="Found here" value={count(report.found)} />
        {report.assets_added > 0 && <Stat label="Added" value={count(report.assets_added)} />}
        <Stat label="Not found" value={count(report.not_found)} />
        <Stat label="New" value={count(prelabels.added)} hint="pre-labels" />
        <Stat label="Replaced" value={count(prelabels.replaced)} hint="older ones" />
        <Stat label="Unchanged" value={count(prelabels.unchanged)} hint="there before" />
        <Stat label="Refused" value={count(prelabels.refused)} />
      </Stats>
      {report.found + report.assets_added === 0 && (
        <EmptyState icon={<IconPhotoQuestion size={24} />} title="Nothing of it is in this upload">
          {report.assets_addable > 0
            ? "Its texts or addresses can be added: switch that on above, and look again."
            : "The names in the file and those of the upload’s files have nothing in common. Is it another upload, or were the files renamed?"}
        </EmptyState>
      )}
      {report.sources.length > 0 && (
        <Section title="Whose they are" flush>
          <table className={css.table}>
            <thead>
              <tr>
                <th>Source</th>
                <th className={css.right}>Pre-labels</th>
                {!dry && <th className={css.right}>Shown in</th>}
              </tr>
            </thead>
            <tbody>
              {report.sources.map(({ source, n_prelabels }) => (
                <tr key={source}>
                  <td>{source}</td>
                  <td className={css.right}>{count(n_prelabels)}</td>
                  {!dry && (
                    <td className={css.right}>
                      <PrelabelsBatchLink
                        projectId={projectId}
                        source={source}
                        label={`Make a batch that shows ${source}`}
                        variant="default"
                        size="compact-sm"
                      >
                        Make a batch
                      </PrelabelsBatchLink>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
      {report.not_found > 0 && (
        <Section title={`Not found: ${count(report.not_found)}`}>
          <ul className={own.names}>
            {report.not_found_first.map((name, i) => (
              <li key={i} className={css.mono}>
                {name}
              </li>
            ))}
          </ul>
          {report.not_found > report.not_found_first.length && (
            <div className={own.hint}>
              and {count(report.not_found - report.not_found_first.length)} more
            </div>
          )}
        </Section>
      )}
      {report.notes.length > 0 && <Notes notes={report.notes} />}
      {prelabels.problems.length > 0 && <Refused prelabels={prelabels} />}
    </>
  );
}

function Notes({ notes }: { notes: AnnotationsAdded["notes"] }) {
  return (
    <Section title="Left out or changed" flush>
      <table className={css.table}>
        <thead>
          <tr>
            <th>What</th>
            <th className={css.right}>Times</th>
            <th>First</th>
          </tr>
        </thead>
        <tbody>
          {notes.map((note) => (
            <tr key={note.what}>
              <td>{note.what}</td>
              <td className={css.right}>{count(note.count)}</td>
              <td className={`${css.mono} ${own.first}`}>{note.first}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Refused({ prelabels }: { prelabels: AnnotationsAdded["prelabels"] }) {
  return (
    <Section title={`Refused: ${count(prelabels.refused)}`} flush>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Asset</th>
            <th>Source</th>
            <th>What is wrong</th>
            <th>What to do</th>
          </tr>
        </thead>
        <tbody>
          {prelabels.problems.map((problem, i) => (
            <tr key={i}>
              <td className={`${css.mono} ${own.first}`}>{problem.asset}</td>
              <td>{problem.source}</td>
              <td>
                <code>{problem.path}</code> {problem.message}
              </td>
              <td className={css.dim}>{problem.hint}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {prelabels.refused > prelabels.problems.length && (
        <p className={css.none}>These are the first of them.</p>
      )}
    </Section>
  );
}
