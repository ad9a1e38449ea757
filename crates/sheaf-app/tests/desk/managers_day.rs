//! The manager's day: who has what, give and take, pace, pauses, rehearsals; and what annotators are told.

use std::collections::BTreeSet;

use sheaf_app::batches::edit::{BatchEdit, edit};
use sheaf_app::batches::rehearse::{Assume, From, rehearse};
use sheaf_app::batches::tasks::{Asked, Standing, TaskRow, list};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::library::content;
use sheaf_app::queue::claim::Empty;
use sheaf_app::queue::manage::{Manage, manage, revoke_all};
use sheaf_app::queue::review::{Review, Said, review};
use sheaf_app::queue::submit::{Submit, amend, submit};
use sheaf_app::queue::{Claim, claim, held, history, overview};
use sheaf_app::{Actor, Error, check, insights, members};
use sheaf_model::{
    AssetId, BatchId, OpenTo, Recipe, ReviewId, Role, Roles, SlotPlace, TaskId, TaskRules, UserId,
};

use crate::queue::answer;
use crate::{Desk, code};

const HOUR: i64 = 60 * 60 * 1000;

impl Desk {
    async fn made(&self, name: &str, overlap: u8, review_levels: u8, priority: i64, launch: bool) -> BatchId {
        let rules = TaskRules { overlap, review_levels };
        let new = NewBatch { name: name.into(), rules, priority, launch, ..NewBatch::default() };
        batches::create(&self.app, &self.manager, self.project, new, Recipe::default()).await.unwrap().row.id
    }

    async fn member(&self, id: i64, roles: &[Role]) -> Actor {
        let actor = self.annotator(id).await;
        let (project, user, roles) = (self.project, actor.user, Roles::of(roles));
        self.app.store().write(move |tx| tx.set_roles(project, user, roles)).await.unwrap();
        actor
    }

    async fn listed(&self, batch: BatchId, standing: Standing) -> Vec<TaskRow> {
        let (mut out, mut after) = (Vec::new(), None);
        loop {
            let asked = Asked { standing, holder: None, after, limit: 2 };
            let page = list(&self.app, &self.manager, self.project, batch, asked).await.unwrap();
            assert!(page.items.len() <= 2);
            out.extend(page.items);
            after = page.next;
            if after.is_none() {
                return out;
            }
        }
    }

    async fn managed(&self, id: TaskId, what: Manage, place: Option<SlotPlace>) -> sheaf_app::Result<()> {
        manage(&self.app, &self.manager, self.project, id, what, place, Some("because".into())).await
    }

    async fn why(&self, who: &Actor, n: u8) -> Option<Empty> {
        let asked = Claim { claim_id: [n; 16], project: Some(self.project), work: None, count: 1 };
        claim(&self.app, who, asked).await.unwrap().reason
    }
}

fn said(n: u8, said: Said) -> Review {
    Review { id: ReviewId([n; 16]), said, note: "so".into(), seconds: None }
}

fn ordinals(rows: &[TaskRow]) -> Vec<u32> {
    rows.iter().map(|row| row.task.ordinal).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_who_has_what() {
    let desk = Desk::new(9).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let rev = desk.member(12, &[Role::Reviewer]).await;
    let batch = desk.made("b", 1, 1, 0, true).await;
    let mine = desk.claim(&ann, 1, 3).await;
    desk.clock.advance(60_000);
    let theirs = desk.claim(&bo, 2, 2).await;
    let rows = desk.listed(batch, Standing::Held).await;
    assert_eq!(ordinals(&rows), [0, 1, 2, 3, 4], "what is due first comes first, every page once");
    assert_eq!(rows[0].people[0].name, "p10");
    assert_eq!(rows[0].lease_remaining_ms, Some(14 * 60_000));
    // Passed on by everybody: blocked, with both reasons.
    held::skip(&desk.app, &ann, mine[0].lease, "blurred".into()).await.unwrap();
    let again = desk.claim(&bo, 3, 3).await;
    let zero = again.iter().find(|task| task.task.ordinal == 0).unwrap();
    held::skip(&desk.app, &bo, zero.lease, "dark".into()).await.unwrap();
    let rows = desk.listed(batch, Standing::Blocked).await;
    let reasons: Vec<&str> = rows[0].skips.iter().map(|skip| skip.reason.as_str()).collect();
    assert_eq!((ordinals(&rows), reasons), (vec![0], vec!["blurred", "dark"]));
    // To review, sent back and kept, done.
    submit(&desk.app, &ann, mine[1].lease, answer("a")).await.unwrap();
    submit(&desk.app, &ann, mine[2].lease, answer("a")).await.unwrap();
    submit(&desk.app, &bo, theirs[0].lease, answer("a")).await.unwrap();
    assert_eq!(ordinals(&desk.listed(batch, Standing::ToReview).await), [1, 2, 3]);
    let reviews = desk.claim(&rev, 4, 2).await;
    review(&desk.app, &rev, reviews[0].lease, said(1, Said::Reject(BTreeSet::new()))).await.unwrap();
    review(&desk.app, &rev, reviews[1].lease, said(2, Said::Accept)).await.unwrap();
    let rows = desk.listed(batch, Standing::Kept).await;
    assert_eq!((ordinals(&rows), rows[0].kept_for.as_ref().unwrap().0.name.as_str()), (vec![1], "p10"));
    let rows = desk.listed(batch, Standing::Done).await;
    let people: Vec<&str> = rows[0].people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!((ordinals(&rows), people), (vec![2], vec!["p10", "p12"]));
    held::release(&desk.app, &bo, theirs[1].lease).await.unwrap();
    assert_eq!(ordinals(&desk.listed(batch, Standing::Open).await), [4]);
    // Nobody but managers.
    let asked = Asked { standing: Standing::Held, holder: None, after: None, limit: 9 };
    let refused = list(&desk.app, &rev, desk.project, batch, asked).await.unwrap_err();
    assert_eq!(code(&refused), "forbidden");
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_to_somebody_is_theirs_for_a_while() {
    let desk = Desk::new(3).await;
    let (ann, bo, cy) = (desk.annotator(10).await, desk.annotator(11).await, desk.annotator(12).await);
    let batch = desk.made("b", 1, 0, 0, true).await;
    let untouched = TaskId { project: desk.project, batch, ordinal: 2 };
    let to_bo = Manage::Assign { to: bo.user, hours: 2 };
    assert_eq!(code(&desk.managed(untouched, to_bo, None).await.unwrap_err()), "not_begun");
    let first = desk.claim(&ann, 1, 1).await.remove(0);
    let own = desk.managed(first.task, Manage::Assign { to: ann.user, hours: 2 }, None).await.unwrap_err();
    assert_eq!(code(&own), "held_already");
    // Bo passed on it before: the manager gives it to them all the same.
    held::release(&desk.app, &ann, first.lease).await.unwrap();
    let theirs = desk.claim(&bo, 2, 1).await.remove(0);
    assert_eq!(theirs.task, first.task);
    held::skip(&desk.app, &bo, theirs.lease, "no".into()).await.unwrap();
    let first = desk.claim(&ann, 3, 1).await.remove(0);
    desk.managed(first.task, to_bo, None).await.unwrap();
    let lost = submit(&desk.app, &ann, first.lease, answer("a")).await.unwrap_err();
    assert_eq!(code(&lost), "lease_lost", "and the answer is a draft");
    assert_ne!(desk.claim(&cy, 4, 1).await[0].task, first.task, "it is kept");
    assert_eq!(desk.claim(&bo, 5, 1).await[0].task, first.task);
    // Who has not come in time has lost it to anybody.
    let task = desk.claim(&ann, 6, 1).await.remove(0);
    desk.managed(task.task, to_bo, None).await.unwrap();
    assert_eq!(desk.why(&ann, 7).await, Some(Empty::AllHeld));
    desk.clock.advance(2 * HOUR + 1);
    let after = desk.claim(&ann, 8, 3).await;
    assert!(after.iter().any(|it| it.task == task.task));
    // Not to those who may not, nor to strangers.
    let rev = desk.member(13, &[Role::Reviewer]).await;
    let to = |to| Manage::Assign { to, hours: 2 };
    let place = Some(SlotPlace::label(0));
    assert_eq!(code(&desk.managed(task.task, to(rev.user), place).await.unwrap_err()), "not_eligible");
    assert_eq!(code(&desk.managed(task.task, to(UserId(99)), None).await.unwrap_err()), "not_found");
    let long = Manage::Assign { to: bo.user, hours: 999 };
    assert_eq!(code(&desk.managed(task.task, long, None).await.unwrap_err()), "bad_hours");
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_judgements_is_taken_away() {
    let desk = Desk::new(1).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let batch = desk.made("b", 2, 0, 0, true).await;
    let (mine, theirs) = (desk.claim(&ann, 1, 1).await, desk.claim(&bo, 2, 1).await);
    let place = SlotPlace { stage: 0, n: mine[0].lease.n };
    desk.managed(mine[0].task, Manage::Revoke, Some(place)).await.unwrap();
    assert_eq!(desk.listed(batch, Standing::Held).await[0].people[0].name, "p11");
    let both = Manage::Assign { to: bo.user, hours: 1 };
    assert_eq!(code(&desk.managed(mine[0].task, both, Some(place)).await.unwrap_err()), "own_work");
    submit(&desk.app, &bo, theirs[0].lease, answer("a")).await.unwrap();
    assert_eq!(revoke_all(&desk.app, &desk.manager, desk.project, ann.user).await.unwrap(), 0);
    desk.claim(&ann, 3, 1).await;
    assert_eq!(revoke_all(&desk.app, &desk.manager, desk.project, ann.user).await.unwrap(), 1);
    assert!(desk.listed(batch, Standing::Held).await.is_empty());
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_paused_finishes_and_gets_nothing_new() {
    let desk = Desk::new(5).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let batch = desk.made("b", 1, 0, 0, true).await;
    let held = desk.claim(&ann, 1, 1).await;
    let pause = |who: &Actor, on| {
        let (app, manager, project, who) = (desk.app.clone(), desk.manager.clone(), desk.project, who.user);
        async move { members::pause(&app, &manager, project, who, on).await.unwrap().paused }
    };
    let since = pause(&ann, true).await;
    assert!(since.is_some());
    desk.clock.advance(5);
    assert_eq!(pause(&ann, true).await, since, "once is enough");
    assert_eq!(desk.claim(&ann, 2, 3).await.len(), 1, "what is held stays");
    submit(&desk.app, &ann, held[0].lease, answer("a")).await.unwrap();
    assert!(desk.claim(&ann, 3, 3).await.is_empty());
    assert_eq!(desk.why(&ann, 4).await, Some(Empty::Paused));
    assert!(overview::overview(&desk.app, &ann).await.unwrap()[0].paused);
    assert_eq!(desk.claim(&bo, 5, 1).await.len(), 1, "nobody else is");
    let task = desk.listed(batch, Standing::Held).await[0].task;
    let give = Manage::Assign { to: ann.user, hours: 1 };
    assert_eq!(code(&desk.managed(task, give, None).await.unwrap_err()), "paused");
    assert_eq!(pause(&ann, false).await, None);
    assert_eq!(desk.claim(&ann, 6, 1).await.len(), 1);
    let lowly = members::pause(&desk.app, &ann, desk.project, bo.user, true).await.unwrap_err();
    assert_eq!(code(&lowly), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn pace_and_people_are_counted_by_the_hour() {
    let desk = Desk::new(8).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let rev = desk.member(12, &[Role::Reviewer]).await;
    let batch = desk.made("b", 1, 1, 0, true).await;
    let (mut n, mut done) = (0, Vec::new());
    for (who, seconds) in [(&ann, 10.0), (&ann, 30.0), (&bo, 5.0), (&ann, 20.0)] {
        desk.clock.advance(HOUR / 3);
        n += 1;
        let task = desk.claim(who, n, 1).await.remove(0);
        let handed = Submit { seconds: Some(seconds), ..answer("a") };
        submit(&desk.app, who, task.lease, handed.clone()).await.unwrap();
        submit(&desk.app, who, task.lease, handed).await.unwrap();
        done.push(task);
    }
    // A change counts nowhere; what is sent back counts with its author, a verdict with the reviewer.
    amend(&desk.app, &ann, done[0].task, Submit { seconds: Some(99.0), ..answer("b") }).await.unwrap();
    for (n, verdict) in [(50, Said::Reject(BTreeSet::new())), (51, Said::Accept)] {
        let task = desk.claim(&rev, n, 1).await.remove(0);
        review(&desk.app, &rev, task.lease, said(n, verdict.clone())).await.unwrap();
        review(&desk.app, &rev, task.lease, said(n, verdict)).await.unwrap();
    }
    let it = insights::batch(&desk.app, &desk.manager, desk.project, batch, 24).await.unwrap();
    let of = |name: &str| it.people.iter().find(|it| it.person.name == name).unwrap();
    let mine = of("p10");
    assert_eq!((mine.total.labels, mine.total.sent_back, mine.total.reviews), (3, 1, 0));
    assert_eq!(mine.total.mean_seconds(), Some(20.0));
    assert_eq!(of("p11").median_seconds, Some(5.0));
    assert_eq!((of("p12").total.reviews, of("p12").total.rejections), (2, 1));
    assert_eq!(it.hours.len(), 24);
    let per_hour: Vec<i64> = it.hours.iter().map(|hour| hour.work.labels).filter(|n| *n > 0).collect();
    assert_eq!(per_hour.iter().sum::<i64>(), 4);
    assert_eq!(it.batch.pace.labels.map(f64::round), Some(3.0));
    assert!(it.batch.pace.expected_end.is_some() && it.batch.pace.missing.is_none());
    // A manager reopens: the author's, once more.
    let id = desk.listed(batch, Standing::Done).await[0].task;
    desk.managed(id, Manage::Reopen, None).await.unwrap();
    let all = insights::project(&desk.app, &desk.manager, desk.project, 24).await.unwrap();
    assert_eq!(all.people.iter().map(|it| it.total.sent_back).sum::<i64>(), 2);
    assert_eq!((all.batches.len(), all.hours.last().unwrap().work.labels > 0), (1, true));
    desk.is_sound();
    // The author sees why.
    let author =
        if done.iter().find(|task| task.task == id).unwrap().lease == done[2].lease { &bo } else { &ann };
    let mut back = desk.claim(author, 60, 3).await;
    back.retain(|task| task.task == id);
    assert_eq!(back[0].reopened.as_deref(), Some("because"));
    let year = insights::project(&desk.app, &desk.manager, desk.project, 9_999).await.unwrap_err();
    assert_eq!(code(&year), "bad_hours");
    // A day later nothing is measured any more.
    desk.clock.advance(30 * HOUR);
    let it = insights::batch(&desk.app, &desk.manager, desk.project, batch, 24).await.unwrap();
    assert_eq!((it.batch.pace.since, it.batch.pace.expected_end), (None, None));
    assert!(insights::batch(&desk.app, &ann, desk.project, batch, 24).await.is_err());
}

/// What is counted wrong is found.
#[tokio::test(flavor = "multi_thread")]
async fn the_check_recounts_the_hours() {
    let desk = Desk::new(2).await;
    let ann = desk.annotator(10).await;
    let batch = desk.made("b", 1, 0, 0, true).await;
    let task = desk.claim(&ann, 1, 1).await.remove(0);
    submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
    desk.is_sound();
    let (project, at) = (desk.project, desk.app.now());
    let work = sheaf_store::batch_hours::Work::sent_back();
    desk.app
        .store()
        .write(move |tx| {
            tx.add_work(project, batch, UserId(10), at, work);
            Ok::<_, sheaf_app::Error>(())
        })
        .await
        .unwrap();
    let report = check::run(&desk.app, false).unwrap();
    assert!(report.findings.iter().any(|it| it.table == "batch_hours"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_available_is_what_one_may_take() {
    let desk = Desk::new(4).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let both = desk.member(12, &[Role::Annotator, Role::Reviewer]).await;
    desk.made("b", 2, 1, 0, true).await;
    let counts = |who: &Actor| {
        let (app, who) = (desk.app.clone(), who.clone());
        async move {
            let mut all = overview::overview(&app, &who).await.unwrap();
            let it = all.remove(0);
            (it.available, it.reviews)
        }
    };
    assert_eq!(counts(&ann).await, (4, 0), "of two judgements of a task one is theirs");
    for n in 0..4 {
        let task = desk.claim(&ann, n, 1).await.remove(0);
        submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
    }
    assert_eq!(counts(&ann).await, (0, 0), "the second judgements are for others");
    assert_eq!(desk.why(&ann, 9).await, Some(Empty::AllHeld));
    assert_eq!(counts(&bo).await, (4, 0));
    assert_eq!(desk.why(&both, 10).await, None);
    let task = desk.claim(&both, 11, 1).await.remove(0);
    submit(&desk.app, &both, task.lease, answer("a")).await.unwrap();
    assert_eq!(counts(&both).await, (3, 0), "their own work is not theirs to review");
    for n in 20..23 {
        let task = desk.claim(&bo, n, 1).await.remove(0);
        submit(&desk.app, &bo, task.lease, answer("a")).await.unwrap();
    }
    assert_eq!(counts(&both).await, (0, 3));
    assert_eq!(desk.why(&ann, 30).await, Some(Empty::InReview), "not done while reviews are open");
    let rev = desk.member(13, &[Role::Reviewer]).await;
    for n in 40..44 {
        let task = desk.claim(&rev, n, 1).await.remove(0);
        review(&desk.app, &rev, task.lease, said(n, Said::Accept)).await.unwrap();
    }
    assert_eq!(desk.why(&ann, 50).await, Some(Empty::AllDone));
    desk.made("next", 1, 1, 0, true).await;
    assert_eq!(desk.why(&rev, 51).await, Some(Empty::ReviewsLater));
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_history_says_what_may_be_changed_and_what_was_said() {
    let desk = Desk::new(3).await;
    let ann = desk.annotator(10).await;
    let rev = desk.member(12, &[Role::Reviewer]).await;
    desk.made("b", 1, 1, 0, true).await;
    for n in 1..=2 {
        let task = desk.claim(&ann, n, 1).await.remove(0);
        submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
        desk.clock.advance(1);
    }
    let first = desk.claim(&rev, 3, 1).await.remove(0);
    review(&desk.app, &rev, first.lease, said(1, Said::Accept)).await.unwrap();
    let second = TaskId { ordinal: 1, ..first.task };
    amend(&desk.app, &ann, second, answer("b")).await.unwrap();
    let (items, total) = history::history(&desk.app, &ann, None, None, 9).await.unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|it| (it.row.key.task.ordinal, it.row.revision, it.amendable, it.reviews.len()))
        .collect();
    assert_eq!(total, 3);
    assert_eq!(told, [(1, 2, true, 0), (1, 1, false, 0), (0, 1, false, 1)]);
    assert_eq!((items[0].project.1.as_str(), items[2].reviews[0].row.note.as_str()), ("p", "so"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_says_how_long_and_what_goes_wrong() {
    let desk = Desk::new(100).await;
    let (ann, bo) = (desk.annotator(10).await, desk.annotator(11).await);
    let small = desk.made("small", 1, 0, 0, false).await;
    let go = |batch, assume| rehearse(&desk.app, &desk.manager, desk.project, batch, assume);
    let codes = |of: &sheaf_app::batches::rehearse::Rehearsal| {
        of.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>()
    };
    let seconds = Assume { seconds: Some(60.0), ..Assume::default() };
    let plain = go(small, seconds).await.unwrap();
    assert_eq!((plain.outcome.ends, plain.outcome.stuck, codes(&plain)), (3_000.0, 0, vec![]));
    assert_eq!(plain.people.iter().map(|one| one.did.labels).collect::<Vec<_>>(), [50, 50]);
    // More judgements than people; more people than there are.
    let three = go(small, Assume { overlap: Some(3), ..seconds }).await.unwrap();
    assert_eq!(codes(&three), ["overlap_exceeds_people"]);
    assert_eq!(three.outcome.stuck, 100);
    let more = go(small, Assume { overlap: Some(3), annotators: Some(3), ..seconds }).await.unwrap();
    assert_eq!((codes(&more), more.outcome.ends), (vec!["not_there_yet"], 6_000.0));
    assert_eq!(more.assumed.eligible_annotators, 2);
    let unreviewed = go(small, Assume { review_levels: Some(1), ..seconds }).await.unwrap();
    assert_eq!(codes(&unreviewed), ["no_reviewers"]);
    // Who is paused does not count.
    members::pause(&desk.app, &desk.manager, desk.project, bo.user, true).await.unwrap();
    let one = go(small, seconds).await.unwrap();
    assert_eq!(one.assumed.annotators, 1);
    members::pause(&desk.app, &desk.manager, desk.project, bo.user, false).await.unwrap();
    // Behind another batch, and before it.
    desk.made("first", 1, 0, 0, true).await;
    let slow = Assume { seconds: Some(200.0), ..Assume::default() };
    let behind = go(small, slow).await.unwrap();
    assert_eq!((behind.before, behind.others.len()), (0, 1), "it is older, so it goes first");
    assert_eq!(codes(&behind), ["starves"]);
    let lower = go(small, Assume { priority: Some(-1), ..slow }).await.unwrap();
    assert_eq!((lower.before, codes(&lower)), (1, vec!["waits"]));
    assert_eq!(lower.outcome.begins, Some(10_000.0));
    // Whom a batch is not open to does not count for it, and goes on with the others.
    let open_to = OpenTo { groups: Vec::new(), people: vec![ann.user] };
    let change = BatchEdit { open_to: Some(open_to), ..BatchEdit::default() };
    edit(&desk.app, &desk.manager, desk.project, small, change).await.unwrap();
    let alone = go(small, seconds).await.unwrap();
    assert_eq!((alone.assumed.annotators, alone.outcome.ends), (1, 6_000.0));
    assert_eq!(alone.others[0].2.begins, Some(0.0));
    let change = BatchEdit { open_to: Some(OpenTo::default()), ..BatchEdit::default() };
    edit(&desk.app, &desk.manager, desk.project, small, change).await.unwrap();
    // The time of an answer is measured when there is something to measure.
    assert_eq!(go(small, Assume::default()).await.unwrap().assumed.seconds, (60.0, From::Guess));
    for n in 0..6 {
        let task = desk.claim(&ann, n, 1).await.remove(0);
        submit(&desk.app, &ann, task.lease, Submit { seconds: Some(7.0), ..answer("a") }).await.unwrap();
    }
    assert_eq!(go(small, Assume::default()).await.unwrap().assumed.seconds, (7.0, From::History));
    let bad = go(small, Assume { seconds: Some(-1.0), sent_back: Some(2.0), ..seconds }).await.unwrap_err();
    assert_eq!(code(&bad), "invalid");
    desk.is_sound();
}

/// What an annotator is shown in their lists of skips and of answers that came back, they can also see.
#[tokio::test(flavor = "multi_thread")]
async fn an_annotator_sees_what_they_had_in_hand_and_nothing_else() {
    let desk = Desk::new(3).await;
    let (ann, ben) = (desk.annotator(10).await, desk.annotator(11).await);
    let rev = desk.member(12, &[Role::Reviewer]).await;
    let batch = desk.made("b", 1, 1, 0, true).await;
    let sees = async |who: &Actor, ordinal| {
        let id = AssetId { project: desk.project, ordinal };
        let refused = content::content(&desk.app, who, desk.project, id).await.unwrap_err();
        // The assets of the desk are at no place, which is told to whom they are shown.
        let Error::NotFound { what } = refused else { panic!("{refused:?}") };
        what != "asset"
    };
    assert!(!sees(&ann, 0).await);
    let first = desk.claim(&ann, 1, 1).await.remove(0);
    assert!(sees(&ann, 0).await && !sees(&ben, 0).await && !sees(&ann, 1).await);
    held::skip(&desk.app, &ann, first.lease, "too dark".into()).await.unwrap();
    assert!(sees(&ann, 0).await);
    // What is sent back, and done by somebody else then, is still in its author's history.
    let second = desk.claim(&ann, 2, 1).await.remove(0);
    submit(&desk.app, &ann, second.lease, answer("a")).await.unwrap();
    let of = desk.claim(&rev, 3, 1).await.remove(0);
    review(&desk.app, &rev, of.lease, said(1, Said::Reject(BTreeSet::new()))).await.unwrap();
    desk.clock.advance(25 * 3_600_000);
    for n in 4..6 {
        let task = desk.claim(&ben, n, 1).await.remove(0);
        submit(&desk.app, &ben, task.lease, answer("b")).await.unwrap();
    }
    let id = TaskId { project: desk.project, batch, ordinal: 1 };
    let rows = desk.app.store().read(move |tx| tx.task_rows(id)).await.unwrap();
    assert!(rows.0.values().all(|row| row.slot.holder != Some(ann.user)));
    assert!(sees(&ann, 1).await && !sees(&ann, 2).await);
}
