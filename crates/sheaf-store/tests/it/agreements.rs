//! Agreement's rows: every kind of sum comes back as it was added, what becomes zero is gone, and the plans.

use std::collections::BTreeMap;

use sheaf_model::agreement::{Question, Sums, Tally};
use sheaf_model::{BatchId, TaskId, UserId};

use crate::{PROJECT, Run, plan, store};

const BATCH: BatchId = BatchId(1);

fn all() -> BTreeMap<Tally, Sums> {
    let text = str::to_owned;
    let people = (UserId(3), UserId(4));
    [
        Tally::Score { bin: 20 },
        Tally::Question(Question::Annotations),
        Tally::Question(Question::Field(text("kind"))),
        Tally::Label(text("car")),
        Tally::Label(text("")),
        Tally::People(people.0, people.1),
        Tally::Alpha { question: text("kind"), one: text("a"), other: text("b"), raters: 3 },
        Tally::Kappa { people, question: text("kind"), one: text("a"), other: text("b") },
        Tally::Kappa { people, question: text("kind"), one: text("b"), other: text("a") },
    ]
    .into_iter()
    .zip(1..)
    .map(|(tally, n)| (tally, Sums { n, total: n * 10, size: n * 100 }))
    .collect()
}

#[test]
fn sums_come_back_and_zero_is_gone() {
    let (_dir, store) = store();
    let add = |sums: BTreeMap<Tally, Sums>| {
        store.write_blocking(move |tx| tx.add_agreement_sums(PROJECT, BATCH, &sums)).unwrap();
    };
    let read = || store.read_blocking(|tx| tx.all_agreement_sums(PROJECT, BATCH)).unwrap();
    add(all());
    assert_eq!(read(), all());
    add(all());
    let minus = |of: Sums| Sums { n: -of.n, total: -of.total, size: -of.size };
    add(all().into_iter().map(|(tally, of)| (tally, minus(of))).collect());
    assert_eq!(read(), all(), "twice and taken once");
    assert!(store.read_blocking(|tx| tx.all_agreement_sums(PROJECT, BatchId(2))).unwrap().is_empty());
    let people = store.read_blocking(|tx| tx.agreement_people(PROJECT, BATCH)).unwrap();
    assert_eq!(people, [(UserId(3), 6, 60), (UserId(4), 6, 60)]);
    let choices =
        |people| store.read_blocking(move |tx| tx.agreement_choices(PROJECT, BATCH, people)).unwrap();
    assert_eq!(choices((UserId(3), UserId(4))).len(), 2);
    assert!(choices((UserId(4), UserId(3))).is_empty());
    add(all().into_iter().map(|(tally, of)| (tally, minus(of))).collect());
    assert!(read().is_empty());
}

#[test]
fn statements_have_their_plans() {
    let (_dir, store) = store();
    let task = TaskId { project: PROJECT, batch: BATCH, ordinal: 5 };
    let one: Run<'_> = &|tx| drop(tx.agreement(task));
    let least: Run<'_> = &|tx| drop(tx.least_agreed(PROJECT, BATCH, 20));
    let each: Run<'_> = &|tx| drop(tx.each_agreement(PROJECT, (0, 750_000), |_, _| {}));
    let between: Run<'_> = &|tx| drop(tx.agreements_between(PROJECT, BATCH, 0, 9));
    let sums: Run<'_> = &|tx| drop(tx.agreement_sums(PROJECT, BATCH));
    let choices: Run<'_> = &|tx| drop(tx.agreement_choices(PROJECT, BATCH, (UserId(1), UserId(2))));
    let range = "agreements_score (project_id=? AND batch_id=? AND score>? AND score<?)";
    for (f, wanted) in [
        (one, "SEARCH agreements USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=?)"),
        (least, "SEARCH agreements USING COVERING INDEX agreements_score (project_id=? AND batch_id=?)"),
        (each, &*format!("SEARCH a USING COVERING INDEX {range}")),
        (
            between,
            "SEARCH agreements USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal>? AND ordinal<?)",
        ),
        (sums, "SEARCH agreement_sums USING PRIMARY KEY (project_id=? AND batch_id=? AND kind=?)"),
        (
            choices,
            "SEARCH agreement_sums USING PRIMARY KEY (project_id=? AND batch_id=? AND kind=? AND one=? AND other=?)",
        ),
    ] {
        let Some((statement, plan)) = plan(&store, f) else { continue };
        assert_eq!(plan.last().map(String::as_str), Some(wanted), "{statement}: {plan:?}");
        let bad = |step: &String| step.starts_with("SCAN") || step.contains("TEMP");
        assert!(!plan.iter().any(bad), "{statement}: {plan:?}");
    }
}
