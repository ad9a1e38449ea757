//! Identifiers: what they are in memory, and the opaque prefixed text that people and programs see.
//!
//! Rows that people make (users, projects, batches, ...) have a 63-bit number: 42 bits of milliseconds and 21 random
//! bits, so that ids are time-ordered and B-trees grow at the end. Assets and tasks are *derived*: an asset is
//! (project, ordinal), a task is (project, batch, ordinal). They need no id column and no id index, exist before any
//! row does, and carry the project that every key of the store begins with.
//!
//! Not here: making ids (needs time and randomness, see `sheaf-app`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Millis, Ordinal};

/// Lower-case Crockford base 32: no `i`, `l`, `o`, `u`, so ids survive being read out aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}...`")]
pub struct BadId {
    pub text: String,
    pub prefix: &'static str,
}

/// Encodes bytes, most significant bit first, without padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut acc, mut bits) = (0u32, 0u32);
    for &byte in bytes {
        acc = (acc << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[((acc >> bits) & 31) as usize]));
        }
        acc &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[((acc << (5 - bits)) & 31) as usize]));
    }
    out
}

/// Decodes exactly `N` bytes; `None` when the text has another length, another sign or loose trailing bits.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 8).div_ceil(5) {
        return None;
    }
    let mut out = [0u8; N];
    let (mut acc, mut bits, mut at) = (0u32, 0u32, 0usize);
    for sign in text.bytes() {
        let value = ALPHABET.iter().position(|&a| a == sign)? as u32;
        acc = (acc << 5) | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *out.get_mut(at)? = (acc >> bits) as u8;
            at += 1;
            acc &= (1 << bits) - 1;
        }
    }
    (acc == 0 && at == N).then_some(out)
}

macro_rules! text_form {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl $name {
            pub const PREFIX: &'static str = $prefix;
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", Self::PREFIX, encode(&self.0.to_be_bytes()))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(Self::PREFIX)
                    .and_then(decode::<8>)
                    .map(|bytes| Self(i64::from_be_bytes(bytes)))
                    .ok_or_else(|| BadId { text: text.to_owned(), prefix: Self::PREFIX })
            }
        }
        text_form!($name);
    };
}

row_id!(/// A person; below zero one who has no account here, and whose answers were brought in from elsewhere.
    UserId, "usr_");

impl UserId {
    /// Of somebody elsewhere: there is no account of this id, and nobody works under it.
    pub fn is_elsewhere(self) -> bool {
        self.0 < 0
    }
}

row_id!(/// One labelling job.
    ProjectId, "prj_");
row_id!(/// One act of bringing assets in.
    UploadId, "upl_");
row_id!(/// A set of assets to be labelled.
    BatchId, "bat_");
row_id!(/// One change of the metadata of many assets.
    MetadataUpdateId, "mup_");
row_id!(/// An API key (not its secret).
    KeyId, "key_");
row_id!(/// An invitation (not its token).
    InvitationId, "inv_");
row_id!(/// A browser session (not its cookie).
    SessionId, "ses_");
row_id!(/// A query that was kept under a name.
    SavedQueryId, "sq_");
row_id!(/// A recipe that makes batches by itself.
    StandingBatchId, "stb_");
row_id!(/// Some of a project's people.
    GroupId, "grp_");
row_id!(/// An address that is told what happens (not its secret).
    WebhookId, "whk_");

/// Fixed-size ids: a prefix and `N` bytes.
macro_rules! packed_id {
    ($name:ident, $prefix:literal, $len:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, encode(&self.to_bytes()))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix($prefix)
                    .and_then(decode::<$len>)
                    .map(Self::from_bytes)
                    .ok_or_else(|| BadId { text: text.to_owned(), prefix: $prefix })
            }
        }
        text_form!($name);
    };
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

/// An asset: its project and its ordinal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssetId {
    pub project: ProjectId,
    pub ordinal: Ordinal,
}

impl AssetId {
    fn to_bytes(self) -> [u8; 12] {
        let mut out = [0; 12];
        out[..8].copy_from_slice(&self.project.0.to_be_bytes());
        out[8..].copy_from_slice(&self.ordinal.to_be_bytes());
        out
    }
    fn from_bytes(bytes: [u8; 12]) -> Self {
        Self {
            project: ProjectId(i64::from_be_bytes(part(&bytes, 0))),
            ordinal: u32::from_be_bytes(part(&bytes, 8)),
        }
    }
}
packed_id!(AssetId, "ast_", 12);

/// A task: one asset in one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId {
    pub project: ProjectId,
    pub batch: BatchId,
    pub ordinal: Ordinal,
}

impl TaskId {
    pub fn asset(self) -> AssetId {
        AssetId { project: self.project, ordinal: self.ordinal }
    }
    fn to_bytes(self) -> [u8; 20] {
        let mut out = [0; 20];
        out[..8].copy_from_slice(&self.project.0.to_be_bytes());
        out[8..16].copy_from_slice(&self.batch.0.to_be_bytes());
        out[16..].copy_from_slice(&self.ordinal.to_be_bytes());
        out
    }
    fn from_bytes(bytes: [u8; 20]) -> Self {
        Self {
            project: ProjectId(i64::from_be_bytes(part(&bytes, 0))),
            batch: BatchId(i64::from_be_bytes(part(&bytes, 8))),
            ordinal: u32::from_be_bytes(part(&bytes, 16)),
        }
    }
}
packed_id!(TaskId, "tsk_", 20);

/// A lease: the address of the slot it is on, and 128 random bits that fence it. The address makes every write of the
/// queue a look-up by primary key; only the random part proves anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseId {
    pub task: TaskId,
    pub stage: u8,
    pub n: u8,
    pub fence: [u8; 16],
}

impl LeaseId {
    fn to_bytes(self) -> [u8; 38] {
        let mut out = [0; 38];
        out[..20].copy_from_slice(&self.task.to_bytes());
        out[20] = self.stage;
        out[21] = self.n;
        out[22..].copy_from_slice(&self.fence);
        out
    }
    fn from_bytes(bytes: [u8; 38]) -> Self {
        Self {
            task: TaskId::from_bytes(part(&bytes, 0)),
            stage: bytes[20],
            n: bytes[21],
            fence: part(&bytes, 22),
        }
    }
}
packed_id!(LeaseId, "lse_", 38);

/// One event for one webhook: the webhook, and a number that grows with the time. It is what receivers know a repeated
/// delivery by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId {
    pub webhook: WebhookId,
    pub number: i64,
}

impl DeliveryId {
    fn to_bytes(self) -> [u8; 16] {
        let mut out = [0; 16];
        out[..8].copy_from_slice(&self.webhook.0.to_be_bytes());
        out[8..].copy_from_slice(&self.number.to_be_bytes());
        out
    }
    fn from_bytes(bytes: [u8; 16]) -> Self {
        Self {
            webhook: WebhookId(i64::from_be_bytes(part(&bytes, 0))),
            number: i64::from_be_bytes(part(&bytes, 8)),
        }
    }
    /// The least number of a time. The low bits count what falls on one millisecond.
    pub fn number_at(at: Millis) -> i64 {
        (at & ((1 << 42) - 1)) << 21
    }

    /// When a delivery of this number was made.
    pub fn at_number(number: i64) -> Millis {
        number >> 21
    }
}
packed_id!(DeliveryId, "whd_", 16);

macro_rules! client_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (i, byte) in self.0.iter().enumerate() {
                    if matches!(i, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = || BadId { text: text.to_owned(), prefix: "a UUID, " };
                let dashes = text.len() == 36
                    && text.bytes().enumerate().all(|(i, b)| (b == b'-') == matches!(i, 8 | 13 | 18 | 23));
                if !dashes {
                    return Err(bad());
                }
                let digits: Vec<u32> = text
                    .chars()
                    .filter(|c| *c != '-')
                    .map(|c| c.to_digit(16))
                    .collect::<Option<_>>()
                    .ok_or_else(bad)?;
                let mut out = [0u8; 16];
                for (byte, pair) in out.iter_mut().zip(digits.chunks(2)) {
                    *byte = (pair[0] * 16 + pair[1]) as u8;
                }
                Ok(Self(out))
            }
        }
        text_form!($name);
    };
}

client_id! {
    /// A submission's id, made by the client: a UUID in its usual text form (version 7 keeps the index in time order).
    SubmissionId
}
client_id! {
    /// The id of a reviewer's verdict, made by the client like a submission's.
    ReviewId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_round_trip(project: i64, batch: i64, ordinal: u32, stage: u8, n: u8, fence: [u8; 16]) {
            let task = TaskId { project: ProjectId(project), batch: BatchId(batch), ordinal };
            prop_assert_eq!(task.to_string().parse::<TaskId>().unwrap(), task);
            prop_assert_eq!(task.asset().to_string().parse::<AssetId>().unwrap(), task.asset());
            prop_assert_eq!(ProjectId(project).to_string().parse::<ProjectId>().unwrap(), ProjectId(project));
            let lease = LeaseId { task, stage, n, fence };
            prop_assert_eq!(lease.to_string().parse::<LeaseId>().unwrap(), lease);
            let delivery = DeliveryId { webhook: WebhookId(project), number: batch };
            prop_assert_eq!(delivery.to_string().parse::<DeliveryId>().unwrap(), delivery);
            prop_assert_eq!(SubmissionId(fence).to_string().parse::<SubmissionId>().unwrap(), SubmissionId(fence));
        }

        #[test]
        fn text_order_is_number_order(a in 0..i64::MAX, b in 0..i64::MAX) {
            prop_assert_eq!(a.cmp(&b), BatchId(a).to_string().cmp(&BatchId(b).to_string()));
        }

        #[test]
        fn any_text_is_refused_or_prints_back(text in "(prj_|ast_|lse_)?[0-9a-z]{0,70}") {
            if let Ok(id) = text.parse::<ProjectId>() { prop_assert_eq!(id.to_string(), text.clone()); }
            if let Ok(id) = text.parse::<AssetId>() { prop_assert_eq!(id.to_string(), text.clone()); }
            if let Ok(id) = text.parse::<LeaseId>() { prop_assert_eq!(id.to_string(), text); }
        }
    }
}
