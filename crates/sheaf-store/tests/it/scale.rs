//! Tasks of Scale's clients.

use sheaf_model::BatchId;
use sheaf_store::scale::{Filter, Page};

use crate::{PROJECT, Run, plan_of, statements, store};

/// What is asked of one task, or of those that wait for something, walks no others, however many there are.
#[test]
fn what_clients_ask_of_a_task_reads_no_other() {
    let (_dir, store) = store();
    let since = Filter { completed: (Some(7), None), kind: Some("chat".into()), ..Filter::default() };
    let changed = Filter { updated: (Some(7), Some(9)), ..Filter::default() };
    let page = Page { below: u32::MAX, skip: 0, limit: 5 };
    let asked: [(&str, Run<'_>); 13] = [
        ("by unique id", &|tx| drop(tx.client_tasks_by_unique_id("a").unwrap())),
        ("by number", &|tx| assert!(tx.client_task(PROJECT, 1).unwrap().is_none())),
        ("by asset", &|tx| assert!(tx.client_task_of(PROJECT, BatchId(1), 3).unwrap().is_none())),
        ("batches that wait", &|tx| drop(tx.waiting_client_batches(PROJECT).unwrap())),
        ("tasks that wait", &|tx| drop(tx.ready_client_tasks(PROJECT, BatchId(1), 5).unwrap())),
        ("on their way", &|tx| assert!(!tx.are_client_tasks_on_their_way(PROJECT, BatchId(1)).unwrap())),
        ("completed since: how many", &|tx| assert_eq!(tx.count_client_tasks(PROJECT, &since).unwrap(), 0)),
        ("completed since: a page", &|tx| drop(tx.client_tasks(PROJECT, &since, page).unwrap())),
        ("changed since: how many", &|tx| assert_eq!(tx.count_client_tasks(PROJECT, &changed).unwrap(), 0)),
        ("changed since: places", &|tx| drop(tx.client_task_places(PROJECT, &changed, page).unwrap())),
        ("by numbers", &|tx| drop(tx.client_tasks_at(PROJECT, &[1, 2]).unwrap())),
        ("to be fetched", &|tx| drop(tx.client_tasks_to_fetch(PROJECT, 0, 5).unwrap())),
        ("next to be fetched", &|tx| assert!(tx.next_client_fetch(PROJECT).unwrap().is_none())),
    ];
    for (name, run) in asked {
        for statement in statements(&store, run) {
            let Some(plan) = plan_of(&store, &statement) else { continue };
            // Projects are few, and of these indexes only what waits is in.
            let few = |step: &&String| {
                ["SCAN p", "scale_tasks_ready", "scale_tasks_fetch"].iter().any(|it| step.contains(it))
            };
            let wide = |step: &&String| step.starts_with("SCAN ") || step.ends_with("(project_id=?)");
            let found: Vec<_> = plan.iter().filter(|step| wide(step) && !few(step)).collect();
            assert_eq!(found, Vec::<&String>::new(), "{name}: {statement}");
        }
    }
}
