//! Webhooks: what they are told, when a delivery is tried again, and which addresses they may have.

mod address;
mod url;

pub use address::Reach;
pub use url::{Host, WebhookUrl};

use crate::Millis;

/// What a webhook can be told of. Stored as bits: never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WebhookEvent {
    BatchLaunched,
    BatchCompleted,
    TaskSubmitted,
    TaskReviewed,
    TaskDone,
}

impl WebhookEvent {
    pub const ALL: [Self; 5] =
        [Self::BatchLaunched, Self::BatchCompleted, Self::TaskSubmitted, Self::TaskReviewed, Self::TaskDone];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BatchLaunched => "batch.launched",
            Self::BatchCompleted => "batch.completed",
            Self::TaskSubmitted => "task.submitted",
            Self::TaskReviewed => "task.reviewed",
            Self::TaskDone => "task.done",
        }
    }
}

/// The event of a test; every webhook is told of it.
pub const PING: &str = "ping";

/// The events that a webhook wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookEvents(pub u32);

impl WebhookEvents {
    pub fn of(events: impl IntoIterator<Item = WebhookEvent>) -> Self {
        Self(events.into_iter().fold(0, |bits, event| bits | 1 << event as u32))
    }
    pub fn has(self, event: WebhookEvent) -> bool {
        self.0 & (1 << event as u32) != 0
    }
    pub fn iter(self) -> impl Iterator<Item = WebhookEvent> {
        WebhookEvent::ALL.into_iter().filter(move |event| self.has(*event))
    }
}

/// Whether a webhook is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    Active,
    /// A manager has turned it off.
    Off,
    /// Its endpoint has answered 410 Gone.
    Gone,
    /// Nothing but failures for [`FAILING_MAX_MS`].
    Failing,
    /// On its way out: its rows are removed a few at a time. Nobody sees it any more.
    Deleted,
}

impl WebhookState {
    const ALL: [Self; 5] = [Self::Active, Self::Off, Self::Gone, Self::Failing, Self::Deleted];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Off => "off",
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::Deleted => "deleted",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Where a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It will be tried, for the first time or again.
    Waiting,
    Delivered,
    /// Every attempt failed.
    Failed,
}

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// Pauses after the first, second, ... failed attempt. The one after the last pause is the last attempt.
const PAUSES: [Millis; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// The longest pause that an endpoint may ask for with `Retry-After`.
const ASKED_MAX: Millis = DAY;
/// An endpoint that has only failed for so long is not tried any more.
pub const FAILING_MAX_MS: Millis = 5 * DAY;
/// Deliveries are kept for so long.
pub const KEPT_MS: Millis = 30 * DAY;

/// How long to wait after this many failed attempts; `None` when it is given up. `random` is any number: it spreads the
/// attempts of many deliveries over a fifth of the pause. `asked` is what the endpoint asked for.
pub fn pause_after(attempts: u32, random: u16, asked: Option<Millis>) -> Option<Millis> {
    let pause = *PAUSES.get(attempts.checked_sub(1)? as usize)?;
    let spread = pause / 5 * Millis::from(random) / Millis::from(u16::MAX);
    Some((pause + spread).max(asked.unwrap_or(0).clamp(0, ASKED_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_spread_and_end() {
        assert_eq!(pause_after(0, 0, None), None, "an attempt comes first");
        assert_eq!(pause_after(1, 0, None), Some(5_000));
        assert_eq!(pause_after(1, u16::MAX, None), Some(6_000));
        assert_eq!(pause_after(1, 0, Some(90_000)), Some(90_000), "as the endpoint asked");
        assert_eq!(pause_after(1, 0, Some(Millis::MAX)), Some(DAY));
        assert_eq!(pause_after(2, 0, Some(-5)), Some(5 * MINUTE));
        let all: Vec<Millis> = (1..=9).map_while(|n| pause_after(n, 0, None)).collect();
        assert!(all.is_sorted() && all.len() == 9);
        assert_eq!(pause_after(10, 0, Some(1)), None, "the tenth attempt is the last");
        assert!(all.iter().sum::<Millis>() < FAILING_MAX_MS);
    }

    #[test]
    fn events_are_bits() {
        let events = WebhookEvents::of([WebhookEvent::BatchLaunched, WebhookEvent::TaskDone]);
        assert_eq!(events, WebhookEvents(0b10001));
        assert_eq!(events.iter().collect::<Vec<_>>(), [WebhookEvent::BatchLaunched, WebhookEvent::TaskDone]);
        for state in WebhookState::ALL {
            assert_eq!(WebhookState::parse(state.as_str()), Some(state));
        }
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::parse(state.as_str()), Some(state));
        }
    }
}
