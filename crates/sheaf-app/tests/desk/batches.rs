//! Recipes against a model of sets: the exclusion is exact, picks come out of what is left, a recipe makes its members
//! again.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sheaf_app::batches::rerun::{RerunAt, rerun};
use sheaf_app::batches::{NewBatch, act, create, dry_run};
use sheaf_model::{BatchAction, BatchId, Exclude, ExcludeScope, Pick, Recipe};

use crate::{Desk, code};

const N: u32 = 200;

type Members = BTreeSet<u32>;

impl Desk {
    async fn members(&self, id: BatchId) -> Members {
        let project = self.project;
        self.app.store().read(move |tx| tx.batch_members(project, id)).await.unwrap().iter().collect()
    }
}

fn named(name: String) -> NewBatch {
    NewBatch { name, ..NewBatch::default() }
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let query = prop_oneof![
        Just(None),
        (0u32..3).prop_map(|third| Some(format!("third:{third}"))),
        (0u32..N).prop_map(|n| Some(format!("n<{n}"))),
    ];
    let pick = prop_oneof![
        Just(Pick::All),
        (1u64..60).prop_map(|count| Pick::First { count }),
        (1u64..60).prop_map(|count| Pick::Last { count }),
        (1u64..60, 0u64..9).prop_map(|(count, seed)| Pick::Random { count, seed: Some(seed) }),
    ];
    let scope = prop::sample::select(vec![ExcludeScope::None, ExcludeScope::Any, ExcludeScope::Launched]);
    (query, pick, scope).prop_map(|(query, pick, batched)| Recipe {
        query,
        assets: None,
        exclude: Exclude { batched },
        pick,
    })
}

fn matches(recipe: &Recipe, n: u32) -> bool {
    match recipe.query.as_deref().and_then(|query| query.split_once([':', '<'])) {
        None => true,
        Some(("third", third)) => n % 3 == third.parse::<u32>().unwrap(),
        Some((_, below)) => n < below.parse::<u32>().unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn members_are_what_the_model_says(
        steps in prop::collection::vec((recipe(), 0u8..4), 1..9)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new(N).await;
            // Members of each batch made so far, and whether it was launched or cancelled before that.
            let mut made: Vec<(Members, bool, bool)> = Vec::new();
            for (i, (recipe, then)) in steps.into_iter().enumerate() {
                let excluded: Members = made
                    .iter()
                    .filter(|(_, launched, cancelled)| match recipe.exclude.batched {
                        ExcludeScope::Any => *launched || !*cancelled,
                        ExcludeScope::Launched => *launched,
                        _ => false,
                    })
                    .flat_map(|(members, ..)| members.iter().copied())
                    .collect();
                let pool: Vec<u32> = (0..N).filter(|n| matches(&recipe, *n) && !excluded.contains(n)).collect();
                let wanted = recipe.pick.count().map_or(pool.len(), |count| pool.len().min(count as usize));
                let run = dry_run::dry_run(&desk.app, &desk.manager, desk.project, recipe.clone(), Vec::new(), 0)
                    .await
                    .unwrap();
                assert_eq!((run.available, run.picked), (pool.len() as u64, wanted as u64));
                desk.clock.advance(10);
                let batch = create(&desk.app, &desk.manager, desk.project, named(format!("b{i}")), recipe.clone()).await;
                if pool.is_empty() {
                    assert_eq!(code(&batch.unwrap_err()), "empty_batch");
                    continue;
                }
                let id = batch.unwrap().row.id;
                let members = desk.members(id).await;
                assert_eq!(members.len(), wanted);
                match recipe.pick {
                    Pick::All => assert!(members.iter().eq(&pool)),
                    Pick::First { .. } => assert!(members.iter().eq(&pool[..wanted])),
                    Pick::Last { .. } => assert!(members.iter().eq(&pool[pool.len() - wanted..])),
                    Pick::Random { .. } => assert!(members.iter().all(|n| pool.contains(n))),
                }
                // Made again as it was: the same members, although the batch itself is there now.
                desk.clock.advance(10);
                let again = rerun(&desk.app, &desk.manager, desk.project, id, named(format!("again{i}")), RerunAt::Then);
                let again = again.await.unwrap().row.id;
                assert_eq!(desk.members(again).await, members);
                sheaf_app::batches::edit::delete(&desk.app, &desk.manager, desk.project, again).await.unwrap();
                let (launched, cancelled) = (then % 2 == 1, then >= 2);
                for action in [launched.then_some(BatchAction::Launch), cancelled.then_some(BatchAction::Cancel)] {
                    let Some(action) = action else { continue };
                    act::act(&desk.app, &desk.manager, desk.project, id, action).await.unwrap();
                }
                // What was cancelled after the launch counts only where somebody had touched it: nobody had.
                let counted = if cancelled { Members::new() } else { members };
                made.push((counted, launched, cancelled));
            }
        });
    }
}
