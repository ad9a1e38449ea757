//! How large a run is. `SHEAF_JOURNALS` says for how many seconds the storm lasts at least, and `SHEAF_EVENTS` how many events
//! it has at least: each is measured then, and there are 50 sessions a node. CI asks for neither.

use std::time::Duration;

/// On PostgreSQL.
const NODES: usize = 4;
const PEOPLE_OF_NODE: usize = 25;
/// Events of a run that nobody asked for more.
const EVENTS: u32 = 32;
/// Seconds that an event takes at most, by and large, and tasks that are done in a second.
const EVENT_SECONDS: u32 = 8;
const TASKS_A_SECOND: u32 = 300;

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub nodes: usize,
    pub people: usize,
    /// The storm ends after so much time and so many events.
    pub time: Duration,
    pub events: u32,
    /// Whether the claims are watched at every event, or only where it is the database that fails.
    pub measured: bool,
    /// Tasks that are added to the batch at a time, and how often that can be done.
    pub part: u32,
    pub parts: u32,
}

#[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
fn asked(name: &str) -> Option<u32> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}

impl Size {
    pub fn of_this_run() -> Self {
        let seconds = asked("SHEAF_JOURNALS").unwrap_or(15);
        let nodes = if sheaf_testing::server().is_some() { NODES } else { 1 };
        let (measured, events) = match asked("SHEAF_EVENTS") {
            Some(events) => (true, events),
            None => (false, if nodes > 1 { EVENTS } else { 0 }),
        };
        let people = if measured { PEOPLE_OF_NODE * nodes } else { PEOPLE_OF_NODE };
        let part = if measured { 4_000 } else { 500 };
        let tasks = seconds.max(events * EVENT_SECONDS) * TASKS_A_SECOND;
        let time = Duration::from_secs(seconds.into());
        Self { nodes, people, time, events, measured, part, parts: tasks / part }
    }
}
