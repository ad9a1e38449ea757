//! What the store counts of its own work, for whoever watches it. All of it is atomics, moved once a transaction; what was
//! undone is not counted.

use std::cell::RefCell;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::events::EventKind;

/// A name and a value; few of them are possible.
type Label = [(&'static str, &'static str); 1];

pub struct Meters {
    groups: Family<Label, Counter>,
    group_jobs: Histogram,
    turn_seconds: Histogram,
    group_seconds: Histogram,
    commit_seconds: Histogram,
    reads: Counter,
    connections: Gauge,
    opened: Counter,
    lost: Counter,
    events: Family<Label, Counter>,
    assets: Counter,
}

/// From half a millisecond to half a minute.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 17))
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            groups: Family::default(),
            group_jobs: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            turn_seconds: seconds(),
            group_seconds: seconds(),
            commit_seconds: seconds(),
            reads: Counter::default(),
            connections: Gauge::default(),
            opened: Counter::default(),
            lost: Counter::default(),
            events: Family::default(),
            assets: Counter::default(),
        }
    }
}

impl Meters {
    /// Makes them known to whoever is asked for them.
    pub fn register(&self, to: &mut Registry) {
        let groups = "Transactions of the writer, each with a group of jobs, by their outcome";
        to.register("sheaf_writer_groups", groups, self.groups.clone());
        to.register(
            "sheaf_writer_group_jobs",
            "Jobs of a transaction of the writer",
            self.group_jobs.clone(),
        );
        let turn = "How long the writer waited for its turn among the nodes";
        to.register("sheaf_writer_turn_seconds", turn, self.turn_seconds.clone());
        let group = "How long a transaction of the writer took, from its turn until it was durable";
        to.register("sheaf_writer_group_seconds", group, self.group_seconds.clone());
        let commit = "How long its commit took";
        to.register("sheaf_writer_commit_seconds", commit, self.commit_seconds.clone());
        to.register("sheaf_reads", "Read transactions that were begun", self.reads.clone());
        to.register("sheaf_database_connections", "Connections to the database", self.connections.clone());
        to.register("sheaf_database_connections_opened", "Connections that were opened", self.opened.clone());
        to.register(
            "sheaf_database_connections_lost",
            "Connections that were lost or given up",
            self.lost.clone(),
        );
        let events = "What happened to tasks, by its kind: claimed, submitted, expired, ...";
        to.register("sheaf_task_events", events, self.events.clone());
        to.register("sheaf_assets_added", "Assets that came in", self.assets.clone());
    }

    pub(crate) fn opened(&self) {
        self.opened.inc();
        self.connections.inc();
    }

    pub(crate) fn lost(&self) {
        self.lost.inc();
        self.connections.dec();
    }

    pub(crate) fn read(&self) {
        self.reads.inc();
    }

    pub(crate) fn turn(&self, waited: Duration) {
        self.turn_seconds.observe(waited.as_secs_f64());
    }

    /// A group was written.
    pub(crate) fn done(&self, jobs: usize, took: Duration, commit: Duration, counts: &Counts) {
        self.groups.get_or_create(&[("outcome", "done")]).inc();
        self.group_jobs.observe(jobs as f64);
        self.group_seconds.observe(took.as_secs_f64());
        self.commit_seconds.observe(commit.as_secs_f64());
        self.assets.inc_by(counts.assets);
        for (kind, n) in EventKind::ALL.into_iter().zip(counts.events) {
            if n > 0 {
                self.events.get_or_create(&[("kind", kind.as_str())]).inc_by(n);
            }
        }
    }

    pub(crate) fn failed(&self) {
        self.groups.get_or_create(&[("outcome", "failed")]).inc();
    }
}

/// What jobs did.
#[derive(Default)]
pub(crate) struct Counts {
    events: [u64; EventKind::ALL.len()],
    assets: u64,
}

/// What the jobs of a transaction did; forgotten with a job that is undone.
#[derive(Default)]
pub(crate) struct Tally {
    kept: RefCell<Counts>,
    job: RefCell<Counts>,
}

impl Tally {
    pub(crate) fn event(&self, kind: EventKind) {
        self.job.borrow_mut().events[kind as usize] += 1;
    }

    pub(crate) fn assets(&self, n: u32) {
        self.job.borrow_mut().assets += u64::from(n);
    }

    /// The next job begins, or there is none: what the last one did is kept.
    pub(crate) fn begin(&self) {
        let (job, mut kept) = (self.job.take(), self.kept.borrow_mut());
        kept.assets += job.assets;
        kept.events.iter_mut().zip(job.events).for_each(|(kept, n)| *kept += n);
    }

    /// The current job is undone.
    pub(crate) fn undo(&self) {
        self.job.take();
    }

    /// What all of them did.
    pub(crate) fn settle(&self) -> Counts {
        self.begin();
        self.kept.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undone_is_not_counted() {
        let tally = Tally::default();
        tally.begin();
        tally.event(EventKind::Claimed);
        tally.assets(7);
        tally.begin();
        tally.event(EventKind::Claimed);
        tally.undo();
        tally.event(EventKind::Assigned);
        let counts = tally.settle();
        assert_eq!((counts.events[0], counts.events[14], counts.assets), (1, 1, 7));
        assert_eq!(tally.settle().assets, 0);
    }
}
