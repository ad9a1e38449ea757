//! A standing batch: a recipe with a trigger, and which of its times is next to be dealt with.
//!
//! A day is 24 hours: the trigger has an offset from UTC, not a time zone, so no day is longer than another.

use serde::{Deserialize, Serialize};

use crate::{
    BatchKind, Exclude, Millis, OpenTo, Pick, Problem, Recipe, TaskOrder, TaskRules, priority_problem,
};

/// What a standing batch does, as it is stored and as people write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingPlan {
    /// Empty is the whole library. Relative times are kept; each run reads them at the time that it is due.
    pub query: String,
    pub exclude: Exclude,
    pub pick: Pick,
    pub trigger: Trigger,
    pub name_pattern: String,
    pub kind: BatchKind,
    pub priority: i64,
    /// What its batches ask for each of their tasks.
    #[serde(default)]
    pub rules: TaskRules,
    /// Whom its batches are open to, and in which order their tasks are handed out.
    #[serde(default)]
    pub open_to: OpenTo,
    #[serde(default)]
    pub order: TaskOrder,
    /// Hours after which a batch is due, from when it is made.
    #[serde(default)]
    pub due_hours: Option<u32>,
    /// The source whose pre-labels the annotators of its batches begin with.
    #[serde(default)]
    pub prelabels: Option<String>,
    /// Launch each batch at once; otherwise it stays in staging.
    pub launch: bool,
    pub catch_up: CatchUp,
}

/// When a batch is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    Daily(Daily),
    /// At every N new matches: what the query finds, the exclusion leaves over, and no earlier run has counted.
    Matches {
        every: u64,
    },
}

/// Every day at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daily {
    pub at: TimeOfDay,
    /// Minutes east of Greenwich: 60 is +01:00.
    #[serde(default)]
    pub utc_offset_minutes: i32,
}

/// A time of day to the minute; `HH:MM` as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    minutes: u16,
}

/// What is done about due times that passed while nothing could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// A batch for each, in order.
    Each,
    /// One batch for all of them.
    #[default]
    Once,
    /// None: go on at the next time.
    Skip,
}

/// Why a run came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunCause {
    /// The time of day had come.
    Time,
    /// Enough new matches were there.
    Matches,
    /// A person asked for it.
    Hand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    Made,
    /// Nothing was there to pick.
    Empty,
    Failed,
    /// Its time had passed while nothing could run, and it was not to be made up for.
    Skipped,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ }) => {
        impl $type {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

names!(RunCause { Time = "time", Matches = "matches", Hand = "hand" });
names!(RunOutcome { Made = "made", Empty = "empty", Failed = "failed", Skipped = "skipped" });

const MINUTE_MS: Millis = 60_000;
pub const DAY_MS: Millis = 24 * 60 * MINUTE_MS;
/// A run that begins at most this late is not one that was missed.
pub const LATE_MS_MAX: Millis = 10 * MINUTE_MS;
/// Missed times that are made up for one by one; of more than this the oldest become one.
pub const EACH_MAX: i64 = 400;
/// Offsets of the world's clocks, in minutes.
const OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;
/// Characters of a name that a pattern may make, so that a suffix still fits.
const NAME_CHARS_MAX: usize = 180;
/// A year.
const DUE_HOURS_MAX: u32 = 366 * 24;
const QUERY_CHARS_MAX: usize = 100_000;

/// What is next to be done about the times that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The due time that is dealt with, and the last of them when there are several.
    pub at: Millis,
    /// How many times it stands for.
    pub times: i64,
    /// They are recorded as skipped, and no batch is made.
    pub skip: bool,
}

impl Due {
    /// The due time after those that this deals with.
    pub fn next(self) -> Millis {
        self.at + DAY_MS
    }
    /// The first of the times that this deals with.
    pub fn first(self) -> Millis {
        self.at - (self.times - 1) * DAY_MS
    }
}

impl Daily {
    /// The first due time after a moment.
    pub fn next_after(&self, now: Millis) -> Millis {
        let first = i64::from(self.at.minutes) * MINUTE_MS - i64::from(self.utc_offset_minutes) * MINUTE_MS;
        let phase = first.rem_euclid(DAY_MS);
        now - (now - phase).rem_euclid(DAY_MS) + DAY_MS
    }
}

impl CatchUp {
    /// What to do now when `next` is the first due time that was not dealt with; `None` when it is still to come.
    pub fn step(self, next: Millis, now: Millis) -> Option<Due> {
        if next > now {
            return None;
        }
        let times = (now - next) / DAY_MS + 1;
        let last = next + (times - 1) * DAY_MS;
        Some(match self {
            Self::Each => {
                let folded = (times - EACH_MAX).max(0);
                Due { at: next + folded * DAY_MS, times: folded + 1, skip: false }
            }
            Self::Once => Due { at: last, times, skip: false },
            Self::Skip if now - last > LATE_MS_MAX => Due { at: last, times, skip: true },
            Self::Skip if times > 1 => Due { at: last - DAY_MS, times: times - 1, skip: true },
            Self::Skip => Due { at: last, times: 1, skip: false },
        })
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = |text: &str, below: u16| {
            let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u16>().ok().filter(|n| plain && *n < below)
        };
        text.split_once(':')
            .and_then(|(hours, minutes)| Some(digits(hours, 24)? * 60 + digits(minutes, 60)?))
            .map(|minutes| Self { minutes })
            .ok_or_else(|| format!("`{text}` is not a time of day: write HH:MM, from 00:00 to 23:59"))
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What the words of a name pattern stand for.
#[derive(Debug, Clone)]
pub struct NameParts {
    /// `2026-11-20`
    pub date: String,
    /// `06:00`
    pub time: String,
    /// The number of the run.
    pub n: i64,
}

/// The name that a pattern makes. `Err` has the word in braces that means nothing.
pub fn expand(pattern: &str, parts: &NameParts) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let Some((word, after)) = from.split_once('}') else { return Err(from.to_owned()) };
        match word {
            "date" => out.push_str(&parts.date),
            "time" => out.push_str(&parts.time),
            "n" => out.push_str(&parts.n.to_string()),
            _ => return Err(word.to_owned()),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

impl StandingPlan {
    /// The recipe before its times are made absolute.
    pub fn recipe(&self) -> Recipe {
        Recipe {
            query: Some(self.query.clone()),
            assets: None,
            exclude: self.exclude.clone(),
            pick: self.pick.clone(),
            part: None,
        }
    }

    /// What is wrong with it, apart from what only the library knows (the query, the names of batches).
    pub fn problems(&self) -> Vec<Problem> {
        let own = |problem: Problem| {
            let path = problem.path.strip_prefix("recipe.").unwrap_or(&problem.path).to_owned();
            Problem { path, ..problem }
        };
        let mut out: Vec<Problem> = self.recipe().problems().into_iter().map(own).collect();
        out.extend(priority_problem(self.priority));
        out.extend(self.rules.problems());
        out.extend(self.order.problems());
        if self.due_hours.is_some_and(|hours| !(1..=DUE_HOURS_MAX).contains(&hours)) {
            out.push(Problem::new("due_hours", format!("must be from 1 to {DUE_HOURS_MAX}")));
        }
        out.extend(self.kind.made_by_itself_problem());
        if self.query.chars().count() > QUERY_CHARS_MAX {
            out.push(Problem::new("query", format!("is longer than {QUERY_CHARS_MAX} characters")));
        }
        match self.trigger {
            Trigger::Matches { every: 0 } => {
                out.push(Problem::new("trigger.matches.every", "must be at least 1"));
            }
            Trigger::Matches { every } if every > u64::from(u32::MAX) => out.push(Problem::new(
                "trigger.matches.every",
                format!("must be at most {}, which is more than a library holds", u32::MAX),
            )),
            Trigger::Daily(Daily { utc_offset_minutes: offset, .. }) if !OFFSETS.contains(&offset) => {
                let (least, most) = (OFFSETS.start(), OFFSETS.end());
                let message = format!("must be between {least} and {most}, not {offset}");
                out.push(Problem::new("trigger.daily.utc_offset_minutes", message));
            }
            Trigger::Matches { .. } | Trigger::Daily(_) => {}
        }
        let longest = NameParts { date: "2026-11-20".into(), time: "06:00".into(), n: i64::from(u32::MAX) };
        let wrong = match expand(self.name_pattern.trim(), &longest) {
            Err(word) => Some(format!(
                "has `{{{word}}}`, which means nothing; it may have {{date}}, {{time}} and {{n}}"
            )),
            Ok(name) if name.is_empty() => Some("is empty".to_owned()),
            Ok(name) if name.chars().any(char::is_control) => Some("has a control character".to_owned()),
            Ok(name) if name.chars().count() > NAME_CHARS_MAX => {
                Some(format!("makes names of more than {NAME_CHARS_MAX} characters"))
            }
            Ok(_) => None,
        };
        out.extend(wrong.map(|message| Problem::new("name_pattern", message)));
        out
    }
}

#[cfg(test)]
mod tests;
