//! Whatever happens, in whatever order: each committed event reaches each webhook that wanted it, signed, under one id;
//! what was rolled back reaches nobody. Against a receiver that fails at random, and a courier that dies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use sheaf_app::projects::{self, NewProject};
use sheaf_app::webhooks::deliver::unlock;
use sheaf_app::webhooks::outbox::{Event, put};
use sheaf_app::webhooks::{self, NewWebhook, WebhookEdit};
use sheaf_app::{Actor, App, Error};
use sheaf_model::{
    BatchId, DeliveryState, Media, ProjectId, Reach, SubmissionId, TaskId, UserId, WebhookEvent,
    WebhookEvents, WebhookId, WebhookState,
};
use sheaf_server::webhooks::{Deliveries, Sender};

use super::receiver::{Manner, Message, OK, Receiver};
use crate::harness::TestServer;

const ADMIN: Actor = Actor { user: UserId(1), is_admin: true };
/// Time for an answer; longer ones hang.
const WITHIN: Duration = Duration::from_millis(250);

#[derive(Debug, Clone)]
enum Op {
    /// Some events in one transaction, which may be rolled back.
    Happen {
        n: u8,
        commits: bool,
    },
    /// Another webhook, perhaps only for one of the two kinds of events.
    Make {
        all: bool,
    },
    SetActive {
        at: u8,
        active: bool,
    },
    Rotate {
        at: u8,
    },
    Delete {
        at: u8,
    },
    /// Deliver for a while.
    Work {
        rounds: u8,
    },
    Advance {
        minutes: u16,
    },
    /// The process that delivers is gone in the middle of it, and another starts.
    Die,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (1..4u8, prop::bool::weighted(0.7)).prop_map(|(n, commits)| Op::Happen { n, commits }),
        2 => any::<bool>().prop_map(|all| Op::Make { all }),
        1 => (0..4u8, any::<bool>()).prop_map(|(at, active)| Op::SetActive { at, active }),
        1 => (0..4u8).prop_map(|at| Op::Rotate { at }),
        1 => (0..4u8).prop_map(|at| Op::Delete { at }),
        5 => (1..4u8).prop_map(|rounds| Op::Work { rounds }),
        3 => (1..600u16).prop_map(|minutes| Op::Advance { minutes }),
        1 => Just(Op::Die),
    ]
}

/// A webhook as the test knows it.
struct Known {
    id: WebhookId,
    secrets: Vec<String>,
    /// Events that it must be told, by their nonces.
    owed: BTreeSet<u128>,
    deleted: bool,
}

struct World {
    server: TestServer,
    app: App,
    project: ProjectId,
    receiver: Receiver,
    known: Vec<Known>,
    deliveries: Deliveries,
    nonce: u128,
}

impl World {
    async fn new(seed: u64) -> Self {
        let server = TestServer::start();
        let app = server.app.clone();
        let new = NewProject {
            name: "p".into(),
            media: Media::Text,
            taxonomy: None,
            instructions: String::new(),
            attribution: None,
        };
        let project = projects::create(&app, &ADMIN, new).await.unwrap().project.id;
        let receiver = Receiver::start(Manner::Random, seed);
        let deliveries = Deliveries::new(app.clone(), Sender::new(Reach::Private, WITHIN));
        Self { server, app, project, receiver, known: Vec::new(), deliveries, nonce: 0 }
    }

    async fn run(&mut self, op: Op) {
        match op {
            Op::Happen { n, commits } => self.happen(n, commits).await,
            Op::Make { all } if self.known.len() < 4 => {
                let url = format!("{}/{}", self.receiver.url, self.known.len());
                let events = if all { WebhookEvent::ALL.to_vec() } else { vec![WebhookEvent::TaskDone] };
                let new = NewWebhook { url, events: WebhookEvents::of(events) };
                let made = webhooks::create(&self.app, &ADMIN, self.project, new, Reach::Private).await;
                let (made, secret) = made.unwrap();
                let secrets = vec![secret.reveal().to_owned()];
                self.known.push(Known { id: made.row.id, secrets, owed: BTreeSet::new(), deleted: false });
            }
            Op::SetActive { at, active } => {
                if let Some(id) = self.there(at).map(|known| known.id) {
                    self.set_active(id, active).await;
                }
            }
            Op::Rotate { at } => {
                let (app, project) = (self.app.clone(), self.project);
                if let Some(known) = self.there(at) {
                    let (_, secret) = webhooks::rotate(&app, &ADMIN, project, known.id, 24).await.unwrap();
                    known.secrets.push(secret.reveal().to_owned());
                }
            }
            Op::Delete { at } => {
                let (app, project) = (self.app.clone(), self.project);
                if let Some(known) = self.there(at) {
                    webhooks::delete(&app, &ADMIN, project, known.id).await.unwrap();
                    known.deleted = true;
                    webhooks::sweep(&app).await.unwrap();
                }
            }
            Op::Work { rounds } => {
                for _ in 0..rounds {
                    self.deliveries.dispatch().await.unwrap();
                    if self.deliveries.are_under_way() {
                        self.deliveries.one_ended().await;
                    }
                }
            }
            Op::Advance { minutes } => self.server.clock.advance(i64::from(minutes) * 60_000),
            Op::Die => self.die().await,
            Op::Make { .. } => {}
        }
    }

    fn there(&mut self, at: u8) -> Option<&mut Known> {
        self.known.get_mut(usize::from(at)).filter(|known| !known.deleted)
    }

    async fn set_active(&self, id: WebhookId, active: bool) {
        let edit = WebhookEdit { active: Some(active), ..WebhookEdit::default() };
        webhooks::edit(&self.app, &ADMIN, self.project, id, edit, Reach::Private).await.unwrap();
    }

    async fn happen(&mut self, n: u8, commits: bool) {
        let (project, now, first) = (self.project, self.app.now(), self.nonce);
        self.nonce += u128::from(n);
        let events: Vec<Event> = (first..self.nonce).map(|nonce| event(project, nonce)).collect();
        let done = self.app.store().write(move |tx| {
            let mut wanted = BTreeMap::new();
            for kind in [WebhookEvent::TaskDone, WebhookEvent::TaskSubmitted] {
                wanted.insert(kind, tx.listening_webhooks(project, kind)?);
            }
            for event in &events {
                put(tx, project, event, now)?;
            }
            if commits { Ok(wanted) } else { Err(Error::not_found("reason to commit")) }
        });
        let Ok(wanted) = done.await else { return };
        for nonce in first..self.nonce {
            for known in &mut self.known {
                if wanted[&kind(nonce)].contains(&known.id) {
                    known.owed.insert(nonce);
                }
            }
        }
    }

    async fn die(&mut self) {
        let sender = Sender::new(Reach::Private, WITHIN);
        self.deliveries = Deliveries::new(self.app.clone(), sender);
        unlock(&self.app).await.unwrap();
    }

    /// The receiver is well again: everything that is owed comes.
    async fn finish(&mut self) {
        self.receiver.behave(OK);
        for known in self.known.iter().filter(|known| !known.deleted) {
            self.set_active(known.id, true).await;
            for delivery in
                webhooks::deliveries(&self.app, &ADMIN, self.project, known.id, None, 500).await.unwrap()
            {
                if delivery.row.state == DeliveryState::Failed {
                    let id = delivery.row.id;
                    webhooks::redeliver(&self.app, &ADMIN, self.project, known.id, id).await.unwrap();
                }
            }
        }
        self.die().await;
        loop {
            let next = self.deliveries.dispatch().await.unwrap();
            if self.deliveries.are_under_way() {
                self.deliveries.one_ended().await;
            } else if let Some(next) = next {
                self.server.clock.advance(next - self.app.now());
            } else {
                return;
            }
        }
    }
}

/// Half of them are of another kind.
fn kind(nonce: u128) -> WebhookEvent {
    if nonce.is_multiple_of(2) { WebhookEvent::TaskDone } else { WebhookEvent::TaskSubmitted }
}

fn event(project: ProjectId, nonce: u128) -> Event {
    let task = TaskId { project, batch: BatchId(1), ordinal: 1 };
    let submission = SubmissionId(nonce.to_be_bytes());
    match kind(nonce) {
        WebhookEvent::TaskDone => Event::TaskDone { task, submission: Some(submission) },
        _ => Event::TaskSubmitted { task, submission, by: ADMIN.user },
    }
}

/// Which webhook a message was for, and of which event it tells.
fn read(message: &Message) -> (usize, u128) {
    let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    let submission: SubmissionId = body["data"]["submission"].as_str().unwrap().parse().unwrap();
    let nonce = u128::from_be_bytes(submission.0);
    assert_eq!(body["type"], kind(nonce).as_str());
    (message.path[1..].parse().unwrap(), nonce)
}

async fn check(seed: u64, ops: Vec<Op>) {
    let mut world = World::new(seed).await;
    for op in ops {
        world.run(op).await;
    }
    let before = world.receiver.seen().len();
    world.finish().await;

    let seen = world.receiver.seen();
    let mut told: Vec<BTreeSet<u128>> = vec![BTreeSet::new(); world.known.len()];
    let (mut ids, mut events) = (BTreeMap::new(), BTreeMap::new());
    for (n, message) in seen.iter().enumerate() {
        let (at, nonce) = read(message);
        let known = &world.known[at];
        assert!(known.owed.contains(&nonce), "webhook {at} was told of event {nonce}, which is none of its");
        if message.accepted {
            told[at].insert(nonce);
        }
        let id = message.header("webhook-id").to_owned();
        assert_eq!(ids.entry((at, nonce)).or_insert(id.clone()), &id, "an event has one id");
        assert_eq!(events.entry(id).or_insert((at, nonce)), &(at, nonce), "an id has one event");
        assert!(known.secrets.iter().any(|secret| message.is_signed_with(secret)), "{message:?}");
        // A request of the process that died may come late.
        if n >= before && !known.deleted {
            let last = known.secrets.last().unwrap();
            assert!(message.is_signed_with(last) || known.secrets.len() > 1, "{message:?}");
        }
    }
    for (at, known) in world.known.iter().enumerate().filter(|(_, known)| !known.deleted) {
        assert_eq!(told[at], known.owed, "webhook {at} was told of everything");
        let row = webhooks::get(&world.app, &ADMIN, world.project, known.id).await.unwrap();
        assert_eq!((row.row.state, row.waiting), (WebhookState::Active, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_committed_event_is_delivered_and_no_other(seed: u64, ops in prop::collection::vec(op(), 5..60)) {
        tokio::runtime::Runtime::new().unwrap().block_on(check(seed, ops));
    }
}

/// Among nodes the lock that a new one finds may be that of another one, which is sending; it ends by itself.
#[tokio::test]
async fn a_node_that_starts_leaves_the_locks_of_others() {
    let mut world = World::new(0).await;
    if !world.app.store().is_shared() {
        return;
    }
    world.run(Op::Make { all: true }).await;
    world.happen(1, true).await;
    world.receiver.behave(Manner::Hang);
    world.deliveries.dispatch().await.unwrap();
    assert!(world.deliveries.are_under_way());
    unlock(&world.app).await.unwrap();
    let mut other = Deliveries::new(world.app.clone(), Sender::new(Reach::Private, WITHIN));
    let next = other.dispatch().await.unwrap();
    assert!(!other.are_under_way(), "it is sent twice at the same time");
    assert!(next.is_some(), "nobody looks again when the lock ends");
}

/// One endpoint that never answers does not hold up the others.
#[tokio::test]
async fn a_dead_endpoint_starves_nobody() {
    let mut world = World::new(0).await;
    world.run(Op::Make { all: true }).await;
    for _ in 0..30 {
        world.happen(2, true).await;
    }
    world.receiver.behave(Manner::Hang);
    world.deliveries.dispatch().await.unwrap();
    let alive = Receiver::start(OK, 0);
    let new = NewWebhook { url: alive.url.clone(), events: WebhookEvents::of(WebhookEvent::ALL) };
    webhooks::create(&world.app, &ADMIN, world.project, new, Reach::Private).await.unwrap();
    for _ in 0..30 {
        world.happen(2, true).await;
    }
    // Long before the dead one is through with its sixty.
    while alive.seen().len() < 60 {
        world.deliveries.dispatch().await.unwrap();
        world.deliveries.one_ended().await;
        assert!(world.receiver.seen().len() < 40, "the dead one has more than its share");
    }
}
