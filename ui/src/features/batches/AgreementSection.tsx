/** How far the people of a batch agree: for batches that ask for several judgements of each task, or came with them. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { agreementQuery } from "~/api/batches";
import { taxonomyQuery } from "~/api/projects";
import type { Batch, BatchAgreement, LabelScore } from "~/api/types";
import { findLabel, labelTitle } from "~/canvas/taxonomy/titles";
import { isQuality } from "~/components/batch/kinds";
import { Failure, Section, Stat, Stats, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { count, percent, plural, scoreWords } from "~/lib/format";
import { quote } from "~/lib/queryText";
import own from "./agreement.module.css";
import { Distribution } from "./AgreementChart";

export function AgreementSection({ projectId, batch }: { projectId: string; batch: Batch }) {
  const compared = (batch.overlap > 1 || batch.brought_in) && !isQuality(batch.kind);
  const query = useQuery({
    ...agreementQuery(projectId, batch.id, batch.counts.submitted),
    enabled: compared,
    // An answer that is changed or sent back leaves the count as it was.
    refetchInterval: 30_000,
  });
  const found = query.data;
  // Nothing is to come to tasks that were brought in with one answer each.
  if (!compared || (batch.brought_in && found?.compared === 0)) return null;
  const disputed = `batch:${quote(batch.name)} is:disputed`;
  return (
    <Section
      title="Agreement"
      actions={
        found !== undefined &&
        found.disputed > 0 && (
          <Link to="/p/$projectId/library" params={{ projectId }} search={{ q: disputed }}>
            {plural(found.disputed, "disputed task")} in the library
          </Link>
        )
      }
    >
      {query.isPending && <Waiting what="agreement" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {found !== undefined &&
        (found.compared === 0 ? (
          <p className={css.dim} style={{ margin: 0 }}>
            No task has all its {batch.overlap} judgements yet. As soon as one has, this tells how
            far they agree.
          </p>
        ) : (
          <Found projectId={projectId} found={found} />
        ))}
    </Section>
  );
}

function Found({ projectId, found }: { projectId: string; found: BatchAgreement }) {
  return (
    <div className={own.parts}>
      <Stats>
        <Stat
          label="Mean"
          value={found.mean === null ? "–" : scoreWords(found.mean)}
          hint="0 to 1"
        />
        <Stat
          label="Disputed"
          value={count(found.disputed)}
          hint={`${percent(found.disputed, found.compared)}, below 0.75`}
        />
        <Stat
          label="All agree"
          value={count(found.distribution.at(-1) ?? 0)}
          hint={percent(found.distribution.at(-1) ?? 0, found.compared)}
        />
        <Stat
          label="Compared"
          value={count(found.compared)}
          hint={`of ${plural(found.members, "task")}`}
        />
      </Stats>
      <Distribution bins={found.distribution} />
      <Questions questions={found.questions} />
      {found.labels.length > 0 && <Labels projectId={projectId} labels={found.labels} />}
      <div className={own.two}>
        <People people={found.people} />
        {found.disputed_tasks.length > 0 && (
          <Tasks projectId={projectId} tasks={found.disputed_tasks} total={found.disputed} />
        )}
      </div>
      {found.pairs.length > 0 && found.people.length > 2 && <Pairs found={found} />}
    </div>
  );
}

/** A score with its bar. */
function Score({ score }: { score: number }) {
  return (
    <td className={css.right}>
      <span className={own.score}>
        <span className={own.track} aria-hidden>
          <i data-disputed={score < 0.75} style={{ width: `${score * 100}%` }} />
        </span>
        <span className={own.number}>{scoreWords(score)}</span>
      </span>
    </td>
  );
}

/** A coefficient, corrected for chance; there may be nothing to correct. */
const coefficient = (value: number | null | undefined) =>
  value === null || value === undefined ? (
    <span title="Everybody said one and the same, or too few answered">–</span>
  ) : (
    value.toFixed(2).replace("-", "−")
  );

function Questions({ questions }: Pick<BatchAgreement, "questions">) {
  return (
    <table className={`${css.table} ${own.table}`}>
      <thead>
        <tr>
          <th>Question</th>
          <th className={css.right}>Agreement</th>
          <th className={css.right}>Tasks</th>
          <th className={css.right} title="1 full agreement, 0 what chance gives">
            Krippendorff’s alpha
          </th>
        </tr>
      </thead>
      <tbody>
        {questions.map((of) => (
          <tr key={of.field ?? ""}>
            <td className={css.clip} title={of.title}>
              {of.title}
            </td>
            <Score score={of.mean} />
            <td className={css.right}>{count(of.tasks)}</td>
            <td className={css.right}>{of.field === null ? "" : coefficient(of.alpha)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Labels({ projectId, labels }: { projectId: string; labels: readonly LabelScore[] }) {
  const taxonomy = useQuery(taxonomyQuery(projectId)).data?.taxonomy;
  const titleOf = (name: string) => {
    const label = taxonomy && findLabel(taxonomy, name);
    return label ? labelTitle(label) : name;
  };
  return (
    <table className={`${css.table} ${own.table}`}>
      <thead>
        <tr>
          <th>Label</th>
          <th className={css.right} title="F1 of the matching times the mean overlap">
            Agreement
          </th>
          <th className={css.right} title="Annotations in all pairs of answers">
            Marked
          </th>
          <th className={css.right} title="Of annotations, how many have a match">
            Matched
          </th>
          <th className={css.right} title="Intersection over union of what matches">
            Mean overlap
          </th>
        </tr>
      </thead>
      <tbody>
        {labels.map((of) => (
          <tr key={of.label}>
            <td className={css.clip}>{titleOf(of.label)}</td>
            <Score score={of.score} />
            <td className={css.right}>{count(of.marked)}</td>
            <td className={css.right}>{percent(2 * of.matched, of.marked)}</td>
            <td className={css.right}>{of.mean_iou === null ? "–" : scoreWords(of.mean_iou)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function People({ people }: Pick<BatchAgreement, "people">) {
  return (
    <table className={`${css.table} ${own.table}`}>
      <thead>
        <tr>
          <th>Person</th>
          <th className={css.right}>Agreement</th>
          <th className={css.right} title="Answers of others that theirs were compared with">
            Compared with
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((of, index) => (
          <tr key={of.person?.id ?? index}>
            <td className={css.clip} title={of.person?.name}>
              {of.person?.name ?? "Somebody"}
            </td>
            <Score score={of.mean} />
            <td className={css.right}>{count(of.answers)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Tasks({
  projectId,
  tasks,
  total,
}: {
  projectId: string;
  tasks: BatchAgreement["disputed_tasks"];
  total: number;
}) {
  return (
    <table className={`${css.table} ${own.table}`}>
      <thead>
        <tr>
          <th>{total > tasks.length ? `The ${tasks.length} most disputed` : "Disputed"}</th>
          <th className={css.right}>Agreement</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <tr key={task.task_id}>
            <td className={css.clip} title={task.name}>
              <Link
                to="/p/$projectId/assets/$assetId"
                params={{ projectId, assetId: task.asset_id }}
              >
                {task.name}
              </Link>
            </td>
            <Score score={task.score} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pairs({ found }: { found: BatchAgreement }) {
  const titles = new Map(found.questions.map(({ field, title }) => [field, title]));
  const fields = [...new Set(found.pairs.flatMap(({ kappa }) => kappa.map(({ field }) => field)))];
  const more = found.pairs_total - found.pairs.length;
  return (
    <div className={own.wide}>
      <table className={`${css.table} ${own.table}`}>
        <thead>
          <tr>
            <th>Pair</th>
            <th className={css.right}>Agreement</th>
            <th className={css.right}>Tasks in common</th>
            {fields.map((field) => (
              <th
                key={field}
                className={css.right}
                title="Cohen’s kappa: 1 full agreement, 0 chance"
              >
                Kappa: {titles.get(field) ?? field}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.pairs.map((pair) => (
            <tr key={pair.people.map((person) => person?.id).join(" ")}>
              <td>{pair.people.map((person) => person?.name ?? "Somebody").join(" and ")}</td>
              <Score score={pair.mean} />
              <td className={css.right}>{count(pair.tasks)}</td>
              {fields.map((field) => (
                <td key={field} className={css.right}>
                  {coefficient(pair.kappa.find((of) => of.field === field)?.kappa)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p className={css.dim} style={{ margin: "6px 0 0" }}>
          And {plural(more, "pair")} with fewer tasks in common.
        </p>
      )}
    </div>
  );
}
