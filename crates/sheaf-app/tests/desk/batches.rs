//! Recipes against a model of sets: the exclusion is exact in every scope, picks take what they should out of what is
//! left, a recipe makes its members again.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sheaf_app::batches::diff::diff;
use sheaf_app::batches::rerun::{RerunAt, rerun};
use sheaf_app::batches::{NewBatch, create, dry_run};
use sheaf_app::queue::submit::submit;
use sheaf_model::{
    BatchAction, BatchId, BatchKind, Exclude, ExcludeScope, FieldValue, Pick, Quota, Recipe, TopOrder,
};

use crate::queue::answer;
use crate::{Desk, code, score, tags};

const N: u32 = 200;

pub type Members = BTreeSet<u32>;

impl Desk {
    pub async fn members(&self, id: BatchId) -> Members {
        let project = self.project;
        self.app.store().read(move |tx| tx.batch_members(project, id)).await.unwrap().iter().collect()
    }

    pub async fn make(&self, name: &str, recipe: Recipe) -> BatchId {
        self.clock.advance(1);
        let made = create(&self.app, &self.manager, self.project, named(name.into()), recipe).await;
        made.unwrap_or_else(|error| panic!("{name}: {error:?}")).row.id
    }

    /// Members of the batch, members that its recipe makes now, and how many are the same.
    pub async fn difference(&self, id: BatchId) -> (u64, u64, u64) {
        let diff = diff(&self.app, &self.manager, self.project, id).await.unwrap();
        assert_eq!((diff.added, diff.removed), (diff.now - diff.same, diff.then - diff.same));
        assert_eq!(diff.added_sample.len() as u64, diff.added.min(24));
        assert_eq!(diff.removed_sample.len() as u64, diff.removed.min(24));
        (diff.then, diff.now, diff.same)
    }
}

pub fn named(name: String) -> NewBatch {
    NewBatch { name, ..NewBatch::default() }
}

pub fn text(text: &str) -> Option<FieldValue> {
    Some(FieldValue::Text(text.into()))
}

fn pick() -> impl Strategy<Value = Pick> {
    let quotas =
        prop::sample::subsequence(vec!["red", "green", "blue", "none", "missing"], 1..=4).prop_shuffle();
    let quotas = quotas.prop_flat_map(|values| {
        let shares = prop::collection::vec(1u32..5, values.len());
        shares.prop_map(move |shares| {
            let quota = |(value, share): (&&str, u32)| Quota {
                value: if *value == "missing" { None } else { text(value) },
                share: f64::from(share),
            };
            values.iter().zip(shares).map(quota).collect::<Vec<_>>()
        })
    });
    prop_oneof![
        Just(Pick::All),
        (1u64..60).prop_map(|count| Pick::First { count }),
        (1u64..60).prop_map(|count| Pick::Last { count }),
        (1u64..60, 0u64..9).prop_map(|(count, seed)| Pick::Random { count, seed: Some(seed) }),
        (1u64..60, any::<bool>()).prop_map(|(count, asc)| Pick::Top {
            count,
            by: "score".into(),
            order: if asc { TopOrder::Asc } else { TopOrder::Desc },
        }),
        (1u64..90, any::<bool>(), proptest::option::of(quotas)).prop_map(|(count, fill, quotas)| {
            Pick::Quota { count, by: "tags".into(), seed: None, fill, quotas }
        }),
    ]
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let query = prop_oneof![
        2 => Just(None),
        1 => (0u32..3).prop_map(|third| Some(format!("third:{third}"))),
        1 => (0u32..N).prop_map(|n| Some(format!("n<{n}"))),
    ];
    let scope = prop::sample::select(vec![
        ExcludeScope::None,
        ExcludeScope::Any,
        ExcludeScope::Launched,
        ExcludeScope::Production,
        ExcludeScope::Submitted,
        // Stands for the batches made before with an even number.
        ExcludeScope::Batches(Vec::new()),
    ]);
    (query, pick(), scope).prop_map(|(query, pick, batched)| Recipe {
        query,
        exclude: Exclude { batched },
        pick,
        ..Recipe::default()
    })
}

fn matches(recipe: &Recipe, n: u32) -> bool {
    match recipe.query.as_deref().and_then(|query| query.split_once([':', '<'])) {
        None => true,
        Some(("third", third)) => n % 3 == third.parse::<u32>().unwrap(),
        Some((_, below)) => n < below.parse::<u32>().unwrap(),
    }
}

/// A batch that was made, as the model knows it.
struct Made {
    id: BatchId,
    name: String,
    members: Members,
    answered: Members,
    kind: BatchKind,
    launched: bool,
    cancelled: bool,
}

impl Made {
    /// What it leaves out when it is left out: a task that was cancelled before anyone touched it was never included.
    fn counted(&self) -> &Members {
        if self.cancelled { &self.answered } else { &self.members }
    }

    fn excluded_by(&self, scope: &ExcludeScope) -> Option<&Members> {
        let included = self.launched || !self.cancelled;
        match scope {
            ExcludeScope::None => None,
            ExcludeScope::Any => included.then(|| self.counted()),
            ExcludeScope::Launched => self.launched.then(|| self.counted()),
            ExcludeScope::Production => {
                (included && self.kind == BatchKind::Production).then(|| self.counted())
            }
            ExcludeScope::Submitted => Some(&self.answered),
            ExcludeScope::Batches(names) => names.contains(&self.name).then(|| self.counted()),
        }
    }
}

/// `count` in proportion to whole shares: floors, then ones to the largest remainders, the earlier first.
fn shared(count: u64, shares: &[u64]) -> Vec<u64> {
    let sum: u64 = shares.iter().sum();
    let mut cut: Vec<u64> = shares.iter().map(|share| count * share / sum).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(count * shares[*i] % sum));
    let missing = count - cut.iter().sum::<u64>();
    order.into_iter().take(missing as usize).for_each(|i| cut[i] += 1);
    cut
}

/// Wanted, available and picked of each class of a quota.
fn fit(pool: &[u32], count: u64, fill: bool, quotas: Option<&[Quota]>) -> BTreeMap<String, [u64; 3]> {
    let name = |value: &Option<FieldValue>| value.as_ref().map_or("missing".to_owned(), ToString::to_string);
    let (names, shares): (Vec<String>, Vec<u64>) = match quotas {
        Some(quotas) => quotas.iter().map(|quota| (name(&quota.value), quota.share as u64)).unzip(),
        None => {
            let there: BTreeSet<&str> = pool.iter().flat_map(|n| tags(*n)).collect();
            there.into_iter().map(|tag| (tag.to_owned(), 1)).unzip()
        }
    };
    if names.is_empty() {
        return BTreeMap::new();
    }
    let fits =
        |name: &str, n: u32| if name == "missing" { tags(n).is_empty() } else { tags(n).contains(&name) };
    let mut available = vec![0; names.len()];
    for n in pool {
        if let Some(i) = names.iter().position(|name| fits(name, *n)) {
            available[i] += 1;
        }
    }
    let wanted = shared(count, &shares);
    let mut picked: Vec<u64> = wanted.iter().zip(&available).map(|(a, b)| *a.min(b)).collect();
    loop {
        let open: Vec<usize> = (0..names.len()).filter(|i| picked[*i] < available[*i]).collect();
        let missing = count - picked.iter().sum::<u64>();
        if !fill || missing == 0 || open.is_empty() {
            break;
        }
        let more = shared(missing, &open.iter().map(|i| shares[*i]).collect::<Vec<_>>());
        open.iter().zip(more).for_each(|(i, more)| picked[*i] = (picked[*i] + more).min(available[*i]));
    }
    (0..names.len()).map(|i| (names[i].clone(), [wanted[i], available[i], picked[i]])).collect()
}

/// What the pick must take of the pool: exactly these, or so many of them.
enum Want {
    Exactly(Members),
    AnyOf(usize),
    Fit(BTreeMap<String, [u64; 3]>),
}

fn want(pick: &Pick, pool: &[u32]) -> Want {
    let count = pick.count().map_or(pool.len(), |count| pool.len().min(count as usize));
    match pick {
        Pick::All => Want::Exactly(pool.iter().copied().collect()),
        Pick::First { .. } => Want::Exactly(pool[..count].iter().copied().collect()),
        Pick::Last { .. } => Want::Exactly(pool[pool.len() - count..].iter().copied().collect()),
        Pick::Random { .. } => Want::AnyOf(count),
        Pick::Top { order, .. } => {
            let mut scored: Vec<(i64, u32)> = pool
                .iter()
                .filter_map(|n| score(*n).map(|score| (i64::from(score), *n)))
                .map(|(score, n)| (if *order == TopOrder::Desc { -score } else { score }, n))
                .collect();
            scored.sort_unstable();
            Want::Exactly(scored.into_iter().take(count).map(|(_, n)| n).collect())
        }
        Pick::Quota { count, fill, quotas, .. } => Want::Fit(fit(pool, *count, *fill, quotas.as_deref())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn members_are_what_the_model_says(
        steps in prop::collection::vec((recipe(), 0u8..6, any::<bool>()), 1..9)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new(N).await;
            let ann = desk.annotator(10).await;
            let mut made: Vec<Made> = Vec::new();
            for (i, (mut recipe, then, trial)) in steps.into_iter().enumerate() {
                if let ExcludeScope::Batches(names) = &mut recipe.exclude.batched {
                    *names = made.iter().step_by(2).map(|made| made.name.clone()).collect();
                }
                let scope = recipe.exclude.batched.clone();
                let excluded: Members =
                    made.iter().filter_map(|made| made.excluded_by(&scope)).flatten().copied().collect();
                let pool: Vec<u32> = (0..N).filter(|n| matches(&recipe, *n) && !excluded.contains(n)).collect();
                let want = want(&recipe.pick, &pool);
                let wanted = match &want {
                    Want::Exactly(members) => members.len(),
                    Want::AnyOf(n) => *n,
                    Want::Fit(fit) => fit.values().map(|fit| fit[2] as usize).sum(),
                };
                let run = dry_run::dry_run(&desk.app, &desk.manager, desk.project, recipe.clone(), Vec::new(), 0)
                    .await
                    .unwrap();
                assert_eq!((run.available, run.picked), (pool.len() as u64, wanted as u64), "{recipe:?}");
                assert_eq!(run.short_by, recipe.pick.count().map_or(0, |count| count - wanted as u64));
                desk.clock.advance(10);
                let kind = if trial { BatchKind::Calibration } else { BatchKind::Production };
                let new = NewBatch { kind, ..named(format!("b{i}")) };
                let batch = create(&desk.app, &desk.manager, desk.project, new, recipe.clone()).await;
                if wanted == 0 {
                    assert_eq!(code(&batch.unwrap_err()), "empty_batch");
                    continue;
                }
                let batch = batch.unwrap();
                let id = batch.row.id;
                let members = desk.members(id).await;
                assert!(members.iter().all(|n| pool.contains(n)));
                match &want {
                    Want::Exactly(want) => assert_eq!(&members, want, "{recipe:?}"),
                    Want::AnyOf(n) => assert_eq!(members.len(), *n),
                    Want::Fit(want) => {
                        let rows = batch.recipe.fit.unwrap();
                        assert_eq!(Some(&rows.len()), run.fit.map(|fit| fit.len()).as_ref());
                        let told = rows.iter().map(|row| {
                            let name = row.value.as_ref().map_or("missing".to_owned(), ToString::to_string);
                            (name, [row.wanted, row.available, row.picked])
                        });
                        assert_eq!(&told.collect::<BTreeMap<_, _>>(), want, "{recipe:?}");
                        assert!((rows.iter().map(|row| row.share).sum::<f64>() - 1.0).abs() < 1e-9);
                    }
                }
                // Carried out once more: the same, although the batch itself is there now.
                let n = members.len() as u64;
                assert_eq!(desk.difference(id).await, (n, n, n), "{recipe:?}");
                let mut made_now = Made {
                    id,
                    name: format!("b{i}"),
                    members,
                    answered: Members::new(),
                    kind,
                    launched: then % 2 == 1,
                    cancelled: then / 2 == 1,
                };
                if made_now.launched {
                    desk.act(id, BatchAction::Launch).await;
                    for task in desk.claim(&ann, i as u8 + 1, 2).await {
                        submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
                        let of = if task.task.batch == id {
                            &mut made_now
                        } else {
                            made.iter_mut().find(|made| made.id == task.task.batch).unwrap()
                        };
                        of.answered.insert(task.task.ordinal);
                    }
                }
                let finished = made_now.launched && made_now.answered == made_now.members;
                if made_now.cancelled && !finished {
                    desk.act(id, BatchAction::Cancel).await;
                } else {
                    made_now.cancelled = false;
                }
                made.push(made_now);
            }
            // Made again as it was: the same members, whatever came after.
            for made in &made {
                desk.clock.advance(10);
                let new = named(format!("again {}", made.name));
                let again = rerun(&desk.app, &desk.manager, desk.project, made.id, new, RerunAt::Then).await;
                assert_eq!(desk.members(again.unwrap().row.id).await, made.members);
            }
        });
    }
}
