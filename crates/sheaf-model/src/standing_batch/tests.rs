//! Due times beside a walk over every minute, and what a plan may not say.

use proptest::prelude::*;

use super::*;

fn daily(at: &str, utc_offset_minutes: i32) -> Daily {
    Daily { at: at.parse().unwrap(), utc_offset_minutes }
}

/// The due times in a span, found by looking at every minute of it.
fn walk(daily: Daily, from: Millis, until: Millis) -> Vec<Millis> {
    let wanted = daily.at.to_string();
    let first = from.div_euclid(MINUTE_MS) * MINUTE_MS;
    (0..=(until - first) / MINUTE_MS)
        .map(|minute| first + minute * MINUTE_MS)
        .filter(|at| *at > from && *at <= until)
        .filter(|at| {
            let local = at.div_euclid(MINUTE_MS) + i64::from(daily.utc_offset_minutes);
            let of_day = local.rem_euclid(24 * 60);
            format!("{:02}:{:02}", of_day / 60, of_day % 60) == wanted
        })
        .collect()
}

proptest! {
    #[test]
    fn the_next_due_time_is_the_first_minute_that_shows_it(
        hour in 0u16..24, minute in 0u16..60, offset in -720i32..=840, now in -3 * DAY_MS..900 * DAY_MS
    ) {
        let daily = daily(&format!("{hour:02}:{minute:02}"), offset);
        prop_assert_eq!(vec![daily.next_after(now)], walk(daily, now, now + DAY_MS));
    }

    #[test]
    fn every_due_time_is_dealt_with_once(
        catch_up in prop::sample::select(vec![CatchUp::Each, CatchUp::Once, CatchUp::Skip]),
        looks in prop::collection::vec(0i64..5 * DAY_MS, 1..12),
    ) {
        let daily = daily("06:30", 60);
        let (mut now, mut next) = (0, daily.next_after(0));
        let mut dealt = Vec::new();
        for wait in looks {
            let before = now;
            now += wait;
            let mut steps = Vec::new();
            while let Some(due) = catch_up.step(next, now) {
                prop_assert_eq!(due.first(), next);
                dealt.extend((0..due.times).map(|i| due.first() + i * DAY_MS));
                next = due.next();
                steps.push(due);
            }
            let missed = walk(daily, before, now);
            let runs = steps.iter().filter(|due| !due.skip).count();
            match catch_up {
                CatchUp::Each => prop_assert_eq!(runs, missed.len()),
                CatchUp::Once => prop_assert_eq!(runs, usize::from(!missed.is_empty())),
                CatchUp::Skip => {
                    let fresh = missed.last().is_some_and(|last| now - last <= LATE_MS_MAX);
                    prop_assert_eq!(runs, usize::from(fresh));
                }
            }
        }
        prop_assert_eq!(dealt, walk(daily, 0, now));
    }
}

#[test]
fn of_very_many_missed_times_the_oldest_become_one() {
    let due = CatchUp::Each.step(0, 1000 * DAY_MS).unwrap();
    assert_eq!((due.first(), due.times), (0, 1001 - EACH_MAX + 1));
    let (mut next, mut runs) = (due.next(), 1);
    while let Some(due) = CatchUp::Each.step(next, 1000 * DAY_MS) {
        assert_eq!(due.times, 1);
        (next, runs) = (due.next(), runs + 1);
    }
    assert_eq!((next, runs), (1001 * DAY_MS, EACH_MAX));
}

#[test]
fn times_of_day() {
    for text in ["00:00", "06:05", "23:59"] {
        assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
    }
    for text in ["25:00", "24:00", "12:60", "6:00", "06:0", "0600", "", "+6:00", "06:00:00", "٠٦:٠٠"] {
        assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
    }
}

fn plan() -> StandingPlan {
    StandingPlan {
        query: "weather:rain".into(),
        exclude: Exclude::default(),
        pick: Pick::All,
        trigger: Trigger::Matches { every: 10 },
        name_pattern: "night {date}".into(),
        kind: BatchKind::Production,
        priority: 0,
        rules: Default::default(),
        open_to: Default::default(),
        order: Default::default(),
        due_hours: None,
        prelabels: None,
        launch: false,
        catch_up: CatchUp::Once,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut StandingPlan), path: &str) {
    let mut plan = plan();
    change(&mut plan);
    let paths: Vec<String> = plan.problems().into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, if path.is_empty() { Vec::new() } else { vec![path.to_owned()] });
}

#[test]
fn problems_are_named_at_their_place() {
    check(|_| {}, "");
    check(|plan| plan.name_pattern = "without anything variable".into(), "");
    check(|plan| plan.trigger = Trigger::Daily(daily("06:00", 840)), "");
    check(|plan| plan.pick = Pick::First { count: 0 }, "pick.count");
    check(|plan| plan.trigger = Trigger::Matches { every: 0 }, "trigger.matches.every");
    check(|plan| plan.trigger = Trigger::Matches { every: u64::MAX }, "trigger.matches.every");
    check(|plan| plan.trigger = Trigger::Daily(daily("06:00", 900)), "trigger.daily.utc_offset_minutes");
    for pattern in ["", "  ", "x {day}", "x {date", "{}", "a\nb"] {
        check(|plan| plan.name_pattern = pattern.into(), "name_pattern");
    }
    check(|plan| plan.name_pattern = "{date}".repeat(20), "name_pattern");
    check(|plan| plan.query = "x".repeat(100_001), "query");
    check(|plan| plan.due_hours = Some(8_785), "due_hours");
    check(|plan| plan.order = TaskOrder::Shuffled { seed: Some(u64::MAX) }, "order.shuffled.seed");
}

#[test]
fn names() {
    let parts = NameParts { date: "2026-11-20".into(), time: "06:00".into(), n: 7 };
    for (pattern, name) in [
        ("night {date}", "night 2026-11-20"),
        ("{n}", "7"),
        ("{date} at {time} ({n})}", "2026-11-20 at 06:00 (7)}"),
        ("plain", "plain"),
    ] {
        assert_eq!(expand(pattern, &parts).unwrap(), name);
    }
}

#[test]
fn wire_forms() {
    let text = r#"{"query":"","exclude":{"batched":"any"},"pick":"all",
        "trigger":{"daily":{"at":"06:00","utc_offset_minutes":60}},"name_pattern":"x","kind":"production","priority":0,
        "rules":{"overlap":2,"review_levels":1},"open_to":{"groups":[],"people":[]},"order":{"shuffled":{"seed":7}},
        "due_hours":36,"prelabels":"m","launch":true,"catch_up":"each"}"#;
    let plan: StandingPlan = serde_json::from_str(text).unwrap();
    assert_eq!(plan.trigger, Trigger::Daily(daily("06:00", 60)));
    let again = serde_json::to_value(&plan).unwrap();
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    // Those of an earlier release say nothing of whom, in which order, until when.
    let earlier = r#"{"query":"","exclude":{"batched":"any"},"pick":"all","trigger":{"matches":{"every":5}},
        "name_pattern":"x","kind":"production","priority":0,"launch":true,"catch_up":"each"}"#;
    let plan: StandingPlan = serde_json::from_str(earlier).unwrap();
    assert_eq!((plan.open_to.everybody(), plan.order, plan.due_hours), (true, TaskOrder::Upload, None));
    assert_eq!(plan.prelabels, None);
    assert!(serde_json::from_str::<Trigger>(r#"{"daily":{"at":"25:00"}}"#).is_err());
    assert!(serde_json::from_str::<Trigger>(r#"{"weekly":{"at":"06:00"}}"#).is_err());
}
