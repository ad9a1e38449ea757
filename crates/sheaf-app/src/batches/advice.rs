//! What a rehearsal advises, in words for the manager.

use sheaf_model::BatchKind;

use super::rehearse::{From, Rehearsal};

/// Something that the manager should know before the launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    pub code: &'static str,
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

/// Seconds that a batch may wait for another without a warning.
const WAITS_MAX: f64 = 3_600.0;
/// Share of the time that somebody may find nothing to do without a warning.
const IDLE_MAX: f64 = 0.5;

pub(super) fn advice(of: &Rehearsal, kind: BatchKind, has_taxonomy: bool) -> Vec<Advice> {
    let mut out = Vec::new();
    let mut warn = |code, message: String, hint| out.push(Advice { code, message, hint });
    let (assumed, outcome) = (&of.assumed, &of.outcome);
    let (overlap, levels) = (usize::from(assumed.rules.overlap), usize::from(assumed.rules.review_levels));
    let who = if kind == BatchKind::SelfLabel { "manager" } else { "annotator" };
    if !has_taxonomy {
        let message = "the project has no taxonomy, so the batch cannot be launched".to_owned();
        warn("no_taxonomy", message, "make one in the project's settings");
    }
    if assumed.annotators == 0 {
        warn("no_annotators", format!("no {who} is there to label it"), "invite people to the project");
    } else if overlap > assumed.annotators {
        let message = format!(
            "each task needs {overlap} judgements by different people, and only {} may make them",
            assumed.annotators
        );
        warn("overlap_exceeds_people", message, "ask for fewer judgements, or invite people");
    } else if levels > 0 && assumed.reviewers == 0 && kind != BatchKind::SelfLabel {
        let message = "each task needs a review, and nobody is a reviewer".to_owned();
        warn("no_reviewers", message, "make somebody a reviewer, or ask for no review");
    } else if outcome.stuck > 0 {
        let message = format!(
            "{} tasks are never done: nobody is left who has no other part in them; a task takes {} different people",
            outcome.stuck,
            overlap + levels
        );
        warn("too_few_people", message, "let reviewers review only, or invite people");
    }
    let virtual_people = assumed.annotators.saturating_sub(assumed.eligible_annotators)
        + assumed.reviewers.saturating_sub(assumed.eligible_reviewers);
    if virtual_people > 0 {
        let message = format!("{virtual_people} of these people are not in the project yet, or are paused");
        warn("not_there_yet", message, "invite them before the launch");
    }
    if outcome.begins.is_some_and(|at| at > WAITS_MAX) {
        let ahead: Vec<&str> = of.others[..of.before].iter().map(|(_, name, ..)| name.as_str()).collect();
        let message = format!(
            "nobody gets a task of it for {}: {} before it",
            hours(outcome.begins.unwrap_or(0.0)),
            named(&ahead, "goes", "go")
        );
        warn("waits", message, "give it a higher priority");
    }
    for (_, name, with, without) in &of.others {
        let (Some(then), Some(later)) = (without.begins, with.begins) else {
            if without.begins.is_some() {
                let message = format!("nobody comes to batch `{name}` any more, because this one goes first");
                warn("starves", message, "give it a lower priority");
            }
            continue;
        };
        if later - then > WAITS_MAX {
            let message = format!(
                "nobody gets a task of batch `{name}` for {}, because this one goes first",
                hours(later)
            );
            warn("starves", message, "give it a lower priority");
        }
    }
    let lag = outcome.ends - outcome.labelled;
    if levels > 0 && outcome.stuck == 0 && lag > WAITS_MAX && lag > outcome.labelled / 4.0 {
        let message = format!("reviews end {} after the last label: it waits for reviewers", hours(lag));
        warn("reviewers_lag", message, "make more people reviewers");
    }
    let too_idle = |busy: f64| outcome.ends > 0.0 && busy < outcome.ends * (1.0 - IDLE_MAX);
    let idle = of.people.iter().filter(|one| too_idle(one.did.busy)).count();
    if idle > 0 && outcome.ends > WAITS_MAX {
        let people = if idle == 1 { "one person finds" } else { "people find" };
        let message = format!(
            "{}{people} nothing to do for more than half of the time",
            if idle == 1 { String::new() } else { format!("{idle} ") }
        );
        warn("idle_people", message, "what they may do is used up: see who they are below");
    }
    let dry: Vec<_> = of.people.iter().filter(|one| one.gold > one.gold_left).collect();
    if let Some(most) = dry.iter().max_by_key(|one| one.gold) {
        let message = format!(
            "{} of {} people get fewer gold tasks than they should: at {} percent up to {} each, and only {} are left",
            dry.len(),
            of.people.iter().filter(|one| one.did.labels > 0).count(),
            assumed.gold_rate,
            most.gold,
            most.gold_left
        );
        warn("gold_runs_dry", message, "make another gold batch, or lower the rate");
    }
    if assumed.seconds.1 == From::Guess {
        let message = format!("that an answer takes {:.0} seconds is a guess", assumed.seconds.0);
        warn("seconds_guessed", message, "label some yourself first, or say how long one takes");
    }
    out
}

/// `A` goes, `A` and `B` go, `A` and 3 others go.
fn named(names: &[&str], one: &str, many: &str) -> String {
    match names {
        [] => format!("another batch {one}"),
        [a] => format!("batch `{a}` {one}"),
        [a, b] => format!("batches `{a}` and `{b}` {many}"),
        [a, rest @ ..] => format!("batch `{a}` and {} others {many}", rest.len()),
    }
}

fn hours(seconds: f64) -> String {
    let hours = seconds / 3_600.0;
    match hours {
        ..2.0 => format!("{:.0} minutes", (seconds / 60.0).ceil()),
        2.0..100.0 => format!("{hours:.0} hours of work"),
        _ => format!("{:.0} days of 24 hours of work", hours / 24.0),
    }
}
