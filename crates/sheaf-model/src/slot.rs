//! The slot's state machine: one judgement that a task needs, who holds it, and which step is possible when.
//!
//! Pure: the time is a parameter, the new lease's random bits come in with the event. The store makes every step a
//! compare-and-set on what it read; this file says whether the step is allowed and what it leads to.

use serde::{Deserialize, Serialize};

use crate::{BatchState, Millis, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// Touched, and free to be claimed.
    Open,
    Leased,
    Submitted,
    /// Too many people skipped it; a manager decides.
    Blocked,
    Cancelled,
    /// A review that waits for what it is a review of.
    Waiting,
}

impl SlotState {
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Leased, Self::Submitted, Self::Blocked, Self::Cancelled, Self::Waiting];

    /// The number stored in the database.
    pub fn code(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Leased => 1,
            Self::Submitted => 2,
            Self::Blocked => 3,
            Self::Cancelled => 4,
            Self::Waiting => 5,
        }
    }
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Random bits of a lease: the fence that every write must show.
pub type Fence = [u8; 16];

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    pub state: SlotState,
    /// Who holds it, or whose submission stands.
    pub holder: Option<UserId>,
    pub fence: Option<Fence>,
    /// Rises with each grant; for order and audit only.
    pub token: i64,
    pub lease_until: Option<Millis>,
    pub held_since: Option<Millis>,
    /// Rises when a review sends it back.
    pub round: i64,
    /// Whom it is kept for, and until when: the author of what was rejected, the reviewer who rejected it.
    pub kept_for: Option<(UserId, Millis)>,
}

/// Longest time that heartbeats can keep one hold alive.
pub const HOLD_MAX_MS: i64 = 8 * 60 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotEvent {
    /// T1, T2: grant to a person. `lease_ms` is how long it lasts.
    Claim { person: UserId, fence: Fence, lease_ms: i64 },
    /// T4: a sign of life, also by saving a draft.
    Heartbeat { fence: Fence, lease_ms: i64 },
    /// T5: hand in.
    Submit { fence: Fence },
    /// T7: give back.
    Release { fence: Fence },
    /// T8: pass; `block` when this was one skip too many.
    Skip { fence: Fence, block: bool },
    /// T10: a manager takes it away.
    Revoke,
    /// T17.
    Cancel,
}

/// Why a step is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlotRefusal {
    #[error("the batch is not in progress")]
    NotServed,
    #[error("the batch was cancelled")]
    BatchCancelled,
    #[error("the task is held by somebody")]
    Held,
    #[error("the task is not free")]
    NotOpen,
    #[error("the lease was lost")]
    LeaseLost,
    #[error("the task is kept for somebody else for a while")]
    Kept,
    #[error("this person has a part in the task already")]
    SamePerson,
    #[error("nobody reviews their own work")]
    OwnWork,
    #[error("only what was handed in can be changed or sent back")]
    NotSubmitted,
    #[error("only its author changes an answer")]
    NotAuthor,
    #[error("its review has begun")]
    ReviewBegun,
    #[error("the task is not done")]
    NotDone,
    #[error("the task has no such slot")]
    NoSuchSlot,
    #[error("the task was held for longer than {} hours", HOLD_MAX_MS / 3_600_000)]
    HeldTooLong,
}

impl Slot {
    /// A slot that nobody has touched.
    pub fn untouched() -> Self {
        Self {
            state: SlotState::Open,
            holder: None,
            fence: None,
            token: 0,
            lease_until: None,
            held_since: None,
            round: 1,
            kept_for: None,
        }
    }

    /// A slot whose answer was given elsewhere: handed in, and never held here.
    pub fn brought_in(person: UserId, fence: Fence) -> Self {
        Self {
            state: SlotState::Submitted,
            holder: Some(person),
            fence: Some(fence),
            token: 1,
            ..Self::untouched()
        }
    }

    /// Whether it is kept for somebody else now.
    pub fn kept_from(&self, person: UserId, now: Millis) -> bool {
        self.kept_for.is_some_and(|(whom, until)| whom != person && now < until)
    }

    /// Expiry is lazy: passing the time only permits a takeover.
    pub fn overdue(&self, now: Millis) -> bool {
        self.state == SlotState::Leased && self.lease_until.is_none_or(|until| until <= now)
    }

    /// The slot after `event`, or why it cannot happen.
    pub fn after(&self, event: &SlotEvent, batch: BatchState, now: Millis) -> Result<Self, SlotRefusal> {
        let free = Self { holder: None, fence: None, lease_until: None, held_since: None, ..self.clone() };
        match event {
            SlotEvent::Claim { person, fence, lease_ms } => {
                if !batch.serves() {
                    return Err(SlotRefusal::NotServed);
                }
                match self.state {
                    SlotState::Open if self.kept_from(*person, now) => return Err(SlotRefusal::Kept),
                    SlotState::Open => {}
                    SlotState::Leased if self.overdue(now) => {}
                    SlotState::Leased => return Err(SlotRefusal::Held),
                    _ => return Err(SlotRefusal::NotOpen),
                }
                Ok(Self {
                    state: SlotState::Leased,
                    holder: Some(*person),
                    fence: Some(*fence),
                    token: self.token + 1,
                    lease_until: Some(now + lease_ms),
                    held_since: Some(now),
                    round: self.round,
                    kept_for: None,
                })
            }
            SlotEvent::Heartbeat { fence, lease_ms } => {
                self.held_under(fence, batch)?;
                let last = self.held_since.unwrap_or(now) + HOLD_MAX_MS;
                if now >= last {
                    return Err(SlotRefusal::HeldTooLong);
                }
                let until = (now + lease_ms).min(last).max(self.lease_until.unwrap_or(now));
                Ok(Self { lease_until: Some(until), ..self.clone() })
            }
            SlotEvent::Submit { fence } => {
                self.held_under(fence, batch)?;
                if !batch.accepts_submissions() {
                    return Err(SlotRefusal::NotServed);
                }
                Ok(Self { state: SlotState::Submitted, lease_until: None, ..self.clone() })
            }
            SlotEvent::Release { fence } => {
                self.held_under(fence, batch)?;
                Ok(Self { state: SlotState::Open, ..free })
            }
            SlotEvent::Skip { fence, block } => {
                self.held_under(fence, batch)?;
                Ok(Self { state: if *block { SlotState::Blocked } else { SlotState::Open }, ..free })
            }
            SlotEvent::Revoke => match self.state {
                SlotState::Leased => Ok(Self { state: SlotState::Open, token: self.token + 1, ..free }),
                _ => Err(SlotRefusal::NotOpen),
            },
            SlotEvent::Cancel => match self.state {
                SlotState::Submitted | SlotState::Cancelled => Err(SlotRefusal::NotOpen),
                _ => Ok(Self { state: SlotState::Cancelled, ..free }),
            },
        }
    }

    /// The slot kept for a person until a time, taken out of the hands that hold it.
    pub fn kept(&self, person: UserId, until: Millis) -> Result<Self, SlotRefusal> {
        let taken = match self.state {
            SlotState::Leased if self.holder == Some(person) => return Err(SlotRefusal::Held),
            SlotState::Leased => 1,
            SlotState::Open | SlotState::Blocked => 0,
            SlotState::Submitted | SlotState::Cancelled | SlotState::Waiting => {
                return Err(SlotRefusal::NotOpen);
            }
        };
        Ok(Self {
            state: SlotState::Open,
            holder: None,
            fence: None,
            token: self.token + taken,
            lease_until: None,
            held_since: None,
            round: self.round,
            kept_for: Some((person, until)),
        })
    }

    fn held_under(&self, fence: &Fence, batch: BatchState) -> Result<(), SlotRefusal> {
        if batch == BatchState::Cancelled || self.state == SlotState::Cancelled {
            return Err(SlotRefusal::BatchCancelled);
        }
        if self.state != SlotState::Leased || self.fence.as_ref() != Some(fence) {
            return Err(SlotRefusal::LeaseLost);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event() -> impl Strategy<Value = SlotEvent> {
        let fence = (0u8..3).prop_map(|b| [b; 16]);
        prop_oneof![
            (0i64..3, fence.clone()).prop_map(|(p, fence)| SlotEvent::Claim {
                person: UserId(p),
                fence,
                lease_ms: 100
            }),
            fence.clone().prop_map(|fence| SlotEvent::Heartbeat { fence, lease_ms: 100 }),
            fence.clone().prop_map(|fence| SlotEvent::Submit { fence }),
            fence.clone().prop_map(|fence| SlotEvent::Release { fence }),
            (fence, any::<bool>()).prop_map(|(fence, block)| SlotEvent::Skip { fence, block }),
            Just(SlotEvent::Revoke),
            Just(SlotEvent::Cancel),
        ]
    }

    proptest! {
        #[test]
        fn invariants_hold_over_any_history(
            steps in prop::collection::vec((event(), 0i64..150, prop::sample::select(BatchState::ALL.to_vec())), 1..60)
        ) {
            let (mut slot, mut now) = (Slot::untouched(), 0);
            for (event, pause, batch) in steps {
                now += pause;
                let before = slot.clone();
                let Ok(after) = slot.after(&event, batch, now) else { continue };
                // I1: tokens rise, a holder goes with a lease or a submission and with nothing else.
                prop_assert!(after.token >= before.token);
                prop_assert_eq!(after.holder.is_some(), matches!(after.state, SlotState::Leased | SlotState::Submitted));
                prop_assert_eq!(after.lease_until.is_some(), after.state == SlotState::Leased);
                match event {
                    // A live lease is never taken from its holder by a claim; no grant but in progress (I7).
                    SlotEvent::Claim { .. } => {
                        prop_assert!(before.state != SlotState::Leased || before.overdue(now));
                        prop_assert!(batch.serves());
                    }
                    // I5: only the current fence hands in.
                    SlotEvent::Submit { fence } => prop_assert_eq!(before.fence, Some(fence)),
                    _ => {}
                }
                // I4: what was handed in stays.
                prop_assert!(before.state != SlotState::Submitted);
                slot = after;
            }
        }
    }

    #[test]
    fn a_late_submit_wins_when_nobody_took_over() {
        let claim = SlotEvent::Claim { person: UserId(1), fence: [1; 16], lease_ms: 10 };
        let slot = Slot::untouched().after(&claim, BatchState::InProgress, 0).unwrap();
        assert!(slot.overdue(10));
        assert!(slot.after(&SlotEvent::Submit { fence: [1; 16] }, BatchState::Paused, 99).is_ok());
        let other = SlotEvent::Claim { person: UserId(2), fence: [2; 16], lease_ms: 10 };
        assert_eq!(slot.after(&other, BatchState::InProgress, 9), Err(SlotRefusal::Held));
        let taken = slot.after(&other, BatchState::InProgress, 10).unwrap();
        assert_eq!(
            taken.after(&SlotEvent::Submit { fence: [1; 16] }, BatchState::InProgress, 11),
            Err(SlotRefusal::LeaseLost)
        );
    }

    #[test]
    fn heartbeats_end_with_the_longest_hold() {
        let claim = SlotEvent::Claim { person: UserId(1), fence: [1; 16], lease_ms: 1000 };
        let slot = Slot::untouched().after(&claim, BatchState::InProgress, 0).unwrap();
        let beat = SlotEvent::Heartbeat { fence: [1; 16], lease_ms: 1000 };
        let late = slot.after(&beat, BatchState::InProgress, HOLD_MAX_MS - 1).unwrap();
        assert_eq!(late.lease_until, Some(HOLD_MAX_MS));
        assert_eq!(slot.after(&beat, BatchState::InProgress, HOLD_MAX_MS), Err(SlotRefusal::HeldTooLong));
    }
}
