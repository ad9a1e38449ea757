//! The outbox of webhooks: numbers, locks, pruning, who is told of a commit, and the plans of its statements.

use sheaf_model::{DeliveryId, DeliveryState, UserId, WebhookEvent, WebhookEvents, WebhookId, WebhookState};
use sheaf_store::webhook_outbox::AttemptRow;
use sheaf_store::webhooks::WebhookRow;
use sheaf_store::{Store, StoreError};

use crate::{PROJECT, Run, plan, store};

const ID: WebhookId = WebhookId(5);

fn webhook(id: WebhookId, state: WebhookState) -> WebhookRow {
    WebhookRow {
        project: PROJECT,
        id,
        url: "https://a.example/".into(),
        events: WebhookEvents::of([WebhookEvent::TaskDone]),
        state,
        secret: vec![1; 32],
        old_secret: None,
        failing_since: None,
        created: 1,
        created_by: UserId(1),
    }
}

fn with_webhook() -> (sheaf_testing::Home, Store) {
    let (dir, store) = store();
    store.write_blocking(|tx| tx.insert_webhook(&webhook(ID, WebhookState::Active))).unwrap();
    (dir, store)
}

fn put(store: &Store, n: usize, now: i64) -> Vec<i64> {
    let put = store.write_blocking(move |tx| {
        (0..n).map(|_| Ok(tx.put_delivery(PROJECT, ID, "ping", "{}", now)?.number)).collect()
    });
    put.unwrap_or_else(|error: StoreError| panic!("{error}"))
}

#[test]
fn rows_come_back_as_they_were_written() {
    let (_dir, store) = with_webhook();
    let read = || store.read_blocking(|tx| tx.webhook(PROJECT, ID)).unwrap();
    let mut row = read().unwrap();
    assert_eq!((row.url.as_str(), row.events.0, row.state), ("https://a.example/", 16, WebhookState::Active));
    row.old_secret = Some((vec![2; 24], 77));
    row.failing_since = Some(5);
    row.state = WebhookState::Gone;
    let changed = row.clone();
    store.write_blocking(move |tx| tx.update_webhook(&changed)).unwrap();
    let again = read().unwrap();
    assert_eq!((again.old_secret, again.failing_since, again.state), (row.old_secret, Some(5), row.state));

    row.state = WebhookState::Deleted;
    row.old_secret = None;
    store.write_blocking(move |tx| tx.update_webhook(&row)).unwrap();
    assert!(read().is_none());
    assert!(store.read_blocking(|tx| tx.webhooks(PROJECT)).unwrap().is_empty());
    assert_eq!(store.read_blocking(|tx| tx.all_webhooks()).unwrap(), [(PROJECT, ID, true)]);
    store.write_blocking(|tx| tx.delete_webhook(PROJECT, ID)).unwrap();
    assert!(store.read_blocking(|tx| tx.all_webhooks()).unwrap().is_empty());
}

#[test]
fn only_active_ones_that_want_an_event_listen() {
    let (_dir, store) = with_webhook();
    store.write_blocking(|tx| tx.insert_webhook(&webhook(WebhookId(6), WebhookState::Off))).unwrap();
    for event in WebhookEvent::ALL {
        let listening = store.read_blocking(move |tx| tx.listening_webhooks(PROJECT, event)).unwrap();
        let wanted = if event == WebhookEvent::TaskDone { vec![ID] } else { vec![] };
        assert_eq!(listening, wanted, "{event:?}");
    }
    assert_eq!(store.read_blocking(|tx| tx.active_webhooks()).unwrap().len(), 1);
}

/// Also many in one millisecond, and when the clock has been set back.
#[test]
fn numbers_grow() {
    let (_dir, store) = with_webhook();
    let mut all = put(&store, 300, 1_000);
    all.extend(put(&store, 2, 999));
    all.extend(put(&store, 2, 1_001));
    assert!(all.is_sorted_by(|a, b| a < b), "{all:?}");
    assert_eq!(all[0], DeliveryId::number_at(1_000));
    assert_eq!(all[302], DeliveryId::number_at(1_001), "the number tells the time");
}

#[test]
fn one_of_two_has_the_lock() {
    let (_dir, store) = with_webhook();
    let first = put(&store, 2, 1_000)[0];
    let due = |now| store.read_blocking(move |tx| tx.due_deliveries(PROJECT, ID, now, 10)).unwrap();
    assert!(due(999).is_empty());
    let seen = due(1_000);
    assert_eq!(seen.len(), 2);
    let lock = |row: &sheaf_store::webhook_outbox::DeliveryRow, until| {
        let row = row.clone();
        store.write_blocking(move |tx| tx.lock_delivery(&row, until)).unwrap()
    };
    let unlocked = |now| store.read_blocking(move |tx| tx.next_delivery_unlocked(PROJECT, ID, now)).unwrap();
    assert_eq!(unlocked(1_000), None);
    assert!(lock(&seen[0], 2_000));
    assert_eq!((unlocked(1_999), unlocked(2_000)), (Some(2_000), None));
    assert!(!lock(&seen[0], 2_001), "somebody else has it by now");
    assert_eq!(due(1_999).len(), 1);
    assert_eq!(due(2_000).len(), 2, "a lock ends by itself");
    store.write_blocking(|tx| tx.unlock_deliveries(PROJECT, ID)).unwrap();
    assert_eq!(due(1_000).len(), 2);
    let mut done = seen[0].clone();
    (done.state, done.due) = (DeliveryState::Delivered, None);
    store.write_blocking(move |tx| tx.update_delivery(&done)).unwrap();
    assert!(!lock(&seen[0], 3_000), "it was delivered");
    assert_eq!(seen[0].id.number, first);
    assert_eq!(store.read_blocking(|tx| tx.waiting_deliveries(PROJECT, ID, 10)).unwrap(), 1);
    assert_eq!(store.read_blocking(|tx| tx.next_delivery_due(PROJECT, ID, 5_000)).unwrap(), Some(1_000));
}

#[test]
fn pruning_takes_the_oldest_and_their_logs() {
    let (_dir, store) = with_webhook();
    let all = put(&store, 10, 1_000);
    let ids: Vec<DeliveryId> = all.iter().map(|number| DeliveryId { webhook: ID, number: *number }).collect();
    let log = AttemptRow { n: 0, at: 1, status: Some(500), error: None, took_ms: 3 };
    for id in ids.clone() {
        let log = log.clone();
        store.write_blocking(move |tx| tx.put_attempt(PROJECT, id, &log)).unwrap();
    }
    let (first, last) = (ids[0], ids[9]);
    store
        .write_blocking(move |tx| {
            tx.put_attempt(PROJECT, last, &AttemptRow { status: None, error: Some("x".into()), ..log })
        })
        .unwrap();
    let attempts = store.read_blocking(move |tx| tx.attempts(PROJECT, last, 20)).unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.n).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((attempts[0].error.as_deref(), attempts[1].status), (Some("x"), Some(500)));
    let below = all[9];
    let prune =
        |limit| store.write_blocking(move |tx| tx.prune_deliveries(PROJECT, ID, below, limit)).unwrap();
    assert_eq!((prune(4), prune(4), prune(4), prune(4)), (4, 4, 1, 0));
    assert!(store.read_blocking(move |tx| tx.attempts(PROJECT, first, 20)).unwrap().is_empty());
    assert_eq!(store.read_blocking(move |tx| tx.attempts(PROJECT, last, 20)).unwrap().len(), 2);
    let page = store.read_blocking(|tx| tx.deliveries(PROJECT, ID, None, 10)).unwrap();
    assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [last]);
}

#[test]
fn a_commit_of_the_outbox_is_told() {
    let (_dir, store) = with_webhook();
    let mut changes = store.outbox_changes();
    changes.mark_unchanged();
    store.write_blocking(|tx| tx.audit(1, None, "x", "y", &serde_json::Value::Null)).unwrap();
    assert!(!changes.has_changed().unwrap());
    put(&store, 1, 1);
    assert!(changes.has_changed().unwrap());
}

#[test]
fn statements_have_their_plans() {
    let (_dir, store) = store();
    let id = DeliveryId { webhook: ID, number: 1 };
    let listening: Run<'_> = &|tx| drop(tx.listening_webhooks(PROJECT, WebhookEvent::TaskDone));
    let next: Run<'_> = &|tx| drop(tx.next_delivery_due(PROJECT, ID, 1));
    let due: Run<'_> = &|tx| drop(tx.due_deliveries(PROJECT, ID, 1, 1));
    let unlocked: Run<'_> = &|tx| drop(tx.next_delivery_unlocked(PROJECT, ID, 1));
    let page: Run<'_> = &|tx| drop(tx.deliveries(PROJECT, ID, None, 1));
    let waiting: Run<'_> = &|tx| drop(tx.waiting_deliveries(PROJECT, ID, 1));
    let attempts: Run<'_> = &|tx| drop(tx.attempts(PROJECT, id, 1));
    for (f, wanted) in [
        (listening, "SEARCH webhooks USING PRIMARY KEY (project_id=?)"),
        (
            next,
            "SEARCH webhook_outbox USING INDEX webhook_outbox_due (project_id=? AND webhook_id=? AND due_ms>?)",
        ),
        (
            unlocked,
            "SEARCH webhook_outbox USING INDEX webhook_outbox_due (project_id=? AND webhook_id=? AND due_ms>?)",
        ),
        (
            due,
            "SEARCH webhook_outbox USING INDEX webhook_outbox_due (project_id=? AND webhook_id=? AND due_ms<?)",
        ),
        (page, "SEARCH webhook_outbox USING PRIMARY KEY (project_id=? AND webhook_id=? AND number<?)"),
        (waiting, "CO-ROUTINE waiting"),
        (attempts, "SEARCH webhook_attempts USING PRIMARY KEY (project_id=? AND webhook_id=? AND number=?)"),
    ] {
        let Some((statement, plan)) = plan(&store, f) else { continue };
        assert_eq!(plan[0], wanted, "{statement}: {plan:?}");
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{statement}: {plan:?}");
        let scans = plan.iter().filter(|step| step.starts_with("SCAN") && !step.ends_with(" waiting"));
        assert_eq!(scans.count(), 0, "{statement}: {plan:?}");
    }
}
