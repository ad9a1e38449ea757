//! What a commit may have changed of that which processes remember or watch. With PostgreSQL there is a number for each,
//! in the rows whose locks are the turns to write, so that every node learns what the others changed.

use std::cell::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Assets, their metadata, their index.
    Library,
    /// What is to be told to webhooks.
    Outbox,
    /// What a look at the queue shows, or who may look.
    Queue,
    /// People, sessions, keys.
    Credentials,
    /// What a claim reads and that rarely changes.
    Roster,
    /// A slot is open to somebody to whom it was not.
    Openings,
}

/// A number for each topic, in their order; they only grow.
pub(crate) type Numbers = [i64; Topic::ALL.len()];

/// The numbers of projects, and those of the instance.
pub(crate) type Seen = Vec<(i64, Numbers)>;

/// In the place of a project: the instance.
pub(crate) const INSTANCE: i64 = 0;

impl Topic {
    pub(crate) const ALL: [Self; 6] =
        [Self::Library, Self::Outbox, Self::Queue, Self::Credentials, Self::Roster, Self::Openings];

    /// Its column in the tables `cluster` and `turns`.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Outbox => "outbox",
            Self::Queue => "queue",
            Self::Credentials => "credentials",
            Self::Roster => "roster",
            Self::Openings => "openings",
        }
    }
}

/// The topics of one transaction; also of jobs in it that were undone.
#[derive(Debug, Default)]
pub(crate) struct Topics([Cell<bool>; Topic::ALL.len()]);

impl Topics {
    pub(crate) fn add(&self, topic: Topic) {
        self.0[topic as usize].set(true);
    }

    pub(crate) fn has(&self, topic: Topic) -> bool {
        self.0[topic as usize].get()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Topic> {
        Topic::ALL.into_iter().filter(|topic| self.has(*topic))
    }
}
