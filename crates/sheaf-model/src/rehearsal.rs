//! A rehearsal: what the queue would do with some people and some batches, worked out in memory without a task being
//! touched. It keeps the rules that decide how long work takes: the order of the batches, reviews before labels, as many
//! different people as a task wants, nobody with two parts in a task.
//!
//! What is very large is cut down: when there are more than [`STEPS_MAX`] judgements and reviews, one rehearsed task stands
//! for so many real ones, and takes as much longer. So the time and the memory are bounded, and the answer is coarse by one
//! such block a person.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::TaskRules;

/// Judgements and reviews that are rehearsed one by one.
pub const STEPS_MAX: u64 = 100_000;
/// People and batches that may take part.
pub const PEOPLE_MAX: usize = 1_000;
pub const BATCHES_MAX: usize = 200;

/// Somebody who works without a pause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hand {
    pub labels: bool,
    pub reviews: bool,
    /// Runs the project: self-label batches are theirs alone.
    pub manages: bool,
}

/// A batch in the queue's order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Tasks to be labelled from the beginning.
    pub tasks: u64,
    /// Tasks that are labelled, and whose reviews are still to come.
    pub labelled: u64,
    pub rules: TaskRules,
    /// Served to managers only.
    pub self_label: bool,
    /// Seconds that a judgement and a review take.
    pub label_seconds: f64,
    pub review_seconds: f64,
}

/// What became of a batch. Times are seconds from the start.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outcome {
    /// When its first judgement was begun.
    pub begins: Option<f64>,
    /// When its last judgement was in.
    pub labelled: f64,
    /// When its last task was done.
    pub ends: f64,
    /// Tasks that are never done, because nobody is left who may take what they need.
    pub stuck: u64,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Did {
    pub labels: u64,
    pub reviews: u64,
    /// Seconds of work.
    pub busy: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsed {
    pub batches: Vec<Outcome>,
    pub people: Vec<Did>,
    /// Real tasks that one rehearsed task stands for.
    pub scale: u64,
}

/// Plays the queue until nobody finds anything to do.
pub fn rehearse(people: &[Hand], lines: &[Line]) -> Rehearsed {
    let steps = |line: &Line| {
        let each = u64::from(line.rules.overlap) + u64::from(line.rules.review_levels);
        line.tasks
            .saturating_mul(each)
            .saturating_add(line.labelled.saturating_mul(u64::from(line.rules.review_levels)))
    };
    let total = lines.iter().map(steps).fold(0u64, u64::saturating_add);
    let scale = total.div_ceil(STEPS_MAX).max(1);
    let mut play = Play::new(people, lines, scale);
    play.run();
    play.outcome(scale)
}

/// Free slots of one stage. They are only added and taken, so what one person cannot take they never can: each looks on
/// from where they stopped.
#[derive(Default)]
struct Free {
    /// Tasks; `None` once taken.
    slots: Vec<Option<u32>>,
    /// By person.
    looked: Vec<u32>,
}

impl Free {
    fn new(people: usize) -> Self {
        Self { slots: Vec::new(), looked: vec![0; people] }
    }

    fn take(&mut self, person: usize, may: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.looked[person] as usize;
        while at < self.slots.len() {
            if let Some(task) = self.slots[at].filter(|task| may(*task)) {
                self.slots[at] = None;
                self.looked[person] = at as u32 + 1;
                return Some(task);
            }
            at += 1;
        }
        self.looked[person] = at as u32;
        None
    }
}

struct Task {
    /// Who has a part in it.
    parts: Vec<u16>,
    labels: u8,
    reviews: u8,
}

struct Batch {
    line: Line,
    /// Tasks that nobody touched.
    untouched: u64,
    tasks: Vec<Task>,
    /// By stage: free judgements of touched tasks, then reviews by level.
    free: Vec<Free>,
    done: u64,
    outcome: Outcome,
}

/// Something under way.
#[derive(Clone, Copy)]
struct Job {
    batch: usize,
    task: u32,
    /// 0: a judgement.
    level: u8,
}

struct Play<'a> {
    people: &'a [Hand],
    batches: Vec<Batch>,
    did: Vec<Did>,
    scale: u64,
    /// When each busy person is free again, in bits of the time, and with what.
    busy: BinaryHeap<Reverse<(u64, usize)>>,
    jobs: Vec<Option<Job>>,
    /// People who found nothing.
    idle: VecDeque<usize>,
}

impl<'a> Play<'a> {
    fn new(people: &'a [Hand], lines: &[Line], scale: u64) -> Self {
        let batch = |line: &Line| {
            let stages = usize::from(line.rules.review_levels) + 1;
            let mut free: Vec<Free> = (0..stages).map(|_| Free::new(people.len())).collect();
            let mut tasks = Vec::new();
            if stages > 1 {
                for _ in 0..line.labelled.div_ceil(scale) {
                    free[1].slots.push(Some(tasks.len() as u32));
                    tasks.push(Task { parts: Vec::new(), labels: line.rules.overlap, reviews: 0 });
                }
            }
            let untouched = line.tasks.div_ceil(scale);
            Batch { line: *line, untouched, tasks, free, done: 0, outcome: Outcome::default() }
        };
        Self {
            people,
            batches: lines.iter().map(batch).collect(),
            did: vec![Did::default(); people.len()],
            scale,
            busy: BinaryHeap::new(),
            jobs: vec![None; people.len()],
            idle: VecDeque::new(),
        }
    }

    fn run(&mut self) {
        for person in 0..self.people.len() {
            self.serve(person, 0.0);
        }
        while let Some(Reverse((bits, person))) = self.busy.pop() {
            let now = f64::from_bits(bits);
            let opened = self.jobs[person].take().is_some_and(|job| self.hand_in(job, now));
            self.serve(person, now);
            // A review may be for one of those who found nothing; nothing else ever opens for them.
            if opened {
                for _ in 0..self.idle.len() {
                    let Some(waiting) = self.idle.pop_front() else { break };
                    if self.serve(waiting, now) {
                        break;
                    }
                }
            }
        }
    }

    /// The next thing for somebody, begun; false when there is none.
    fn serve(&mut self, person: usize, now: f64) -> bool {
        let Some(job) = self.next(person) else {
            // Judgements never open for somebody who found none; reviews do.
            if self.people[person].reviews || self.people[person].manages {
                self.idle.push_back(person);
            }
            return false;
        };
        let batch = &mut self.batches[job.batch];
        batch.tasks[job.task as usize].parts.push(person as u16);
        let line = &batch.line;
        let seconds = if job.level == 0 { line.label_seconds } else { line.review_seconds };
        let seconds = seconds * self.scale as f64;
        if job.level == 0 {
            batch.outcome.begins.get_or_insert(now);
        }
        let did = &mut self.did[person];
        did.busy += seconds;
        if job.level == 0 {
            did.labels += self.scale
        } else {
            did.reviews += self.scale
        }
        // Times are not negative, so their bits are in their order.
        self.busy.push(Reverse(((now + seconds).to_bits(), person)));
        self.jobs[person] = Some(job);
        true
    }

    fn next(&mut self, person: usize) -> Option<Job> {
        let hand = self.people[person];
        for (at, batch) in self.batches.iter_mut().enumerate() {
            if !(if batch.line.self_label { hand.manages } else { hand.reviews }) {
                continue;
            }
            for level in (1..batch.free.len()).rev() {
                let tasks = &batch.tasks;
                let mine = |task: u32| tasks[task as usize].parts.contains(&(person as u16));
                if let Some(task) = batch.free[level].take(person, |task| !mine(task)) {
                    return Some(Job { batch: at, task, level: level as u8 });
                }
            }
        }
        for (at, batch) in self.batches.iter_mut().enumerate() {
            if !(if batch.line.self_label { hand.manages } else { hand.labels }) {
                continue;
            }
            let tasks = &batch.tasks;
            let mine = |task: u32| tasks[task as usize].parts.contains(&(person as u16));
            if let Some(task) = batch.free[0].take(person, |task| !mine(task)) {
                return Some(Job { batch: at, task, level: 0 });
            }
            if batch.untouched > 0 {
                batch.untouched -= 1;
                let task = batch.tasks.len() as u32;
                batch.tasks.push(Task { parts: Vec::new(), labels: 0, reviews: 0 });
                batch.free[0].slots.extend((1..batch.line.rules.overlap).map(|_| Some(task)));
                return Some(Job { batch: at, task, level: 0 });
            }
        }
        None
    }

    /// Whether a review opened.
    fn hand_in(&mut self, job: Job, now: f64) -> bool {
        let batch = &mut self.batches[job.batch];
        let rules = batch.line.rules;
        let task = &mut batch.tasks[job.task as usize];
        if job.level == 0 {
            task.labels += 1;
            batch.outcome.labelled = now;
        } else {
            task.reviews += 1;
        }
        if task.labels < rules.overlap {
            return false;
        }
        batch.outcome.ends = now;
        if task.reviews == rules.review_levels {
            batch.done += 1;
            return false;
        }
        batch.free[usize::from(task.reviews) + 1].slots.push(Some(job.task));
        true
    }

    fn outcome(self, scale: u64) -> Rehearsed {
        let of = |batch: Batch| {
            let all =
                batch.line.tasks + if batch.line.rules.review_levels > 0 { batch.line.labelled } else { 0 };
            let wanted = batch.tasks.len() as u64 + batch.untouched;
            let stuck = if batch.done == wanted { 0 } else { all.saturating_sub(batch.done * scale).max(1) };
            Outcome { stuck, ..batch.outcome }
        };
        Rehearsed { batches: self.batches.into_iter().map(of).collect(), people: self.did, scale }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hands(labels: usize, reviews: usize, both: usize) -> Vec<Hand> {
        let hand = |labels, reviews| Hand { labels, reviews, manages: false };
        let mut out = vec![hand(true, false); labels];
        out.extend(vec![hand(false, true); reviews]);
        out.extend(vec![hand(true, true); both]);
        out
    }

    fn line(tasks: u64, overlap: u8, review_levels: u8) -> Line {
        let rules = TaskRules { overlap, review_levels };
        Line { tasks, labelled: 0, rules, self_label: false, label_seconds: 10.0, review_seconds: 5.0 }
    }

    #[test]
    fn people_share_the_work() {
        let out = rehearse(&hands(4, 0, 0), &[line(100, 1, 0)]);
        assert_eq!(out.batches[0], Outcome { begins: Some(0.0), labelled: 250.0, ends: 250.0, stuck: 0 });
        assert!(out.people.iter().all(|did| did.labels == 25 && did.busy == 250.0));
    }

    #[test]
    fn more_judgements_than_people_are_stuck() {
        let out = rehearse(&hands(2, 0, 0), &[line(10, 3, 0)]);
        assert_eq!(out.batches[0].stuck, 10);
        assert_eq!(out.people.iter().map(|did| did.labels).sum::<u64>(), 20, "two of three each");
    }

    #[test]
    fn nobody_reviews_their_own() {
        let alone = rehearse(&hands(0, 0, 1), &[line(10, 1, 1)]);
        assert_eq!((alone.batches[0].stuck, alone.people[0].labels, alone.people[0].reviews), (10, 10, 0));
        let two = rehearse(&hands(0, 0, 2), &[line(10, 1, 1)]);
        assert_eq!(two.batches[0].stuck, 0);
        let late = rehearse(&hands(1, 1, 0), &[line(10, 1, 1)]);
        assert_eq!(late.batches[0].ends, 105.0, "the last review follows the last label");
    }

    #[test]
    fn the_first_in_order_makes_the_others_wait() {
        let out = rehearse(&hands(2, 0, 0), &[line(10, 1, 0), line(4, 1, 0)]);
        assert_eq!((out.batches[1].begins, out.batches[1].ends), (Some(50.0), 70.0));
    }

    #[test]
    fn managers_alone_label_for_themselves() {
        let own = Line { self_label: true, ..line(3, 1, 0) };
        let mut people = hands(2, 0, 0);
        assert_eq!(rehearse(&people, &[own]).batches[0].stuck, 3);
        people.push(Hand { labels: false, reviews: false, manages: true });
        assert_eq!(rehearse(&people, &[own]).batches[0].stuck, 0);
    }

    #[test]
    fn ten_millions_are_cut_down_and_come_to_the_same() {
        let out = rehearse(&hands(50, 0, 0), &[line(10_000_000, 1, 0)]);
        assert_eq!(out.scale, 100);
        let ends = 10_000_000.0 * 10.0 / 50.0;
        assert!((out.batches[0].ends - ends).abs() <= 10.0 * 100.0, "{}", out.batches[0].ends);
    }

    proptest! {
        #[test]
        fn what_is_done_is_what_was_asked_for(
            (labels, reviews, both) in (0usize..4, 0usize..3, 0usize..3),
            lines in prop::collection::vec((0u64..30, 1u8..4, 0u8..3), 1..4),
        ) {
            let people = hands(labels, reviews, both);
            let lines: Vec<Line> = lines.into_iter().map(|(n, overlap, levels)| line(n, overlap, levels)).collect();
            let out = rehearse(&people, &lines);
            let asked: u64 = lines.iter().map(|line| line.tasks * u64::from(line.rules.overlap)).sum();
            let done: u64 = out.people.iter().map(|did| did.labels).sum();
            prop_assert!(done <= asked);
            let finished = out.batches.iter().all(|batch| batch.stuck == 0);
            if finished {
                prop_assert_eq!(done, asked);
                let wanted: u64 = lines.iter().map(|line| line.tasks * u64::from(line.rules.review_levels)).sum();
                prop_assert_eq!(out.people.iter().map(|did| did.reviews).sum::<u64>(), wanted);
            }
            // Work is conserved, and nobody works longer than the whole took.
            let last = out.batches.iter().map(|batch| batch.ends.max(batch.labelled)).fold(0.0, f64::max);
            prop_assert!(out.people.iter().all(|did| did.busy <= last + 1e-6));
            // Enough different people for every part of a task: then everything is done.
            for (line, batch) in lines.iter().zip(&out.batches) {
                let rules = line.rules;
                let enough = labels >= usize::from(rules.overlap) && reviews >= usize::from(rules.review_levels);
                prop_assert!(!enough || batch.stuck == 0, "{line:?} {batch:?}");
            }
        }
    }
}
