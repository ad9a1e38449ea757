//! Comparing and merging answers: examples by hand, the laws, and the score computed a second time, without wit.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use sheaf_model::agreement::{
    Judgement, LabelSums, Millionths, ONE, Question, Sums, Tally, compare, merge, tallies,
};
use sheaf_model::response::{Annotation, Shape};
use sheaf_model::{Response, Taxonomy, UserId};

fn response(value: Value) -> Response {
    serde_json::from_value(value).unwrap()
}

fn of_box(label: &str, [left, top, width, height]: [f64; 4]) -> Annotation {
    let shape = Shape::Box { left, top, width, height };
    Annotation { uuid: format!("{label}{left}"), label: label.into(), shape, attributes: BTreeMap::new() }
}

fn boxes(of: &[(&str, [f64; 4])]) -> Response {
    let annotations = of.iter().map(|(label, at)| of_box(label, *at)).collect();
    Response { annotations, fields: BTreeMap::new() }
}

fn fields(value: Value) -> Response {
    response(json!({ "fields": value }))
}

fn score(answers: &[Response]) -> Millionths {
    compare(&answers.iter().collect::<Vec<_>>()).score
}

#[test]
fn fields_by_hand() {
    for (answers, wanted) in [
        (vec![json!({"k":"a"}), json!({"k":"a"})], ONE),
        (vec![json!({"k":"a"}), json!({"k":"b"})], 0),
        (vec![json!({"k":"a"}), json!({})], 0),
        (vec![json!({"k":"a"}), json!({"k":"a"}), json!({"k":"b"})], 333_333),
        // A list by Jaccard's index.
        (vec![json!({"k":["a","b"]}), json!({"k":["b","c"]})], 333_333),
        (vec![json!({"k":["a","b"]}), json!({"k":["b","a"]})], ONE),
        // A text after its blanks are cut off; an empty one is no answer.
        (vec![json!({"k":" so "}), json!({"k":"so"})], ONE),
        (vec![json!({"k":" "}), json!({})], ONE),
        (vec![json!({"k":1}), json!({"k":1.0})], ONE),
        (vec![json!({"k":true}), json!({"k":false})], 0),
        // The mean over questions that anybody answered.
        (vec![json!({"k":"a","l":"x"}), json!({"k":"a","l":"y"})], 500_000),
        (vec![json!({"k":"a","l":""}), json!({"k":"a"})], ONE),
        (vec![json!({}), json!({})], ONE),
    ] {
        let answers: Vec<Response> = answers.iter().map(|it| fields(it.clone())).collect();
        assert_eq!(score(&answers), wanted, "{answers:?}");
    }
}

#[test]
fn boxes_by_hand() {
    let car = |left: f64| ("car", [left, 0.0, 10.0, 10.0]);
    for (one, other, wanted) in [
        (vec![car(0.0)], vec![car(0.0)], ONE),
        (vec![car(0.0)], vec![], 0),
        // 2 * 1 / 3: one is missing.
        (vec![car(0.0), car(50.0)], vec![car(0.0)], 666_667),
        // Overlap 90 of 110.
        (vec![car(0.0)], vec![car(1.0)], 818_182),
        // Below a half it is another thing.
        (vec![car(0.0)], vec![car(4.0)], 0),
        (vec![car(0.0)], vec![("bus", [0.0, 0.0, 10.0, 10.0])], 0),
    ] {
        assert_eq!(score(&[boxes(&one), boxes(&other)]), wanted, "{one:?} {other:?}");
    }
    let (one, other) = (boxes(&[car(0.0), car(50.0)]), boxes(&[car(1.0), ("bus", [50.0, 0.0, 9.0, 9.0])]));
    let found = compare(&[&one, &other]);
    assert_eq!(found.labels["car"], LabelSums { matched: 1, iou: 818_182, marked: 3 });
    assert_eq!(found.labels["bus"], LabelSums { matched: 0, iou: 0, marked: 1 });
    assert_eq!(found.questions[&Question::Annotations], 409_091);
    assert_eq!(found.partners, [vec![1, 0], vec![1, 0]]);
}

#[test]
fn polygons_and_spans_are_compared_with_their_like() {
    let span = |start: u64, end: u64| {
        response(
            json!({"annotations":[{"uuid":"1","label":"x","type":"span","start":start,"end":end,"text":"?"}]}),
        )
    };
    assert_eq!(score(&[span(0, 10), span(0, 8)]), 800_000);
    let polygon = |w: f64| {
        response(json!({"annotations":[{"uuid":"1","label":"x","type":"polygon","vertices":
            [{"x":0,"y":0},{"x":w,"y":0},{"x":w,"y":10},{"x":0,"y":10}]}]}))
    };
    assert!((score(&[polygon(10.0), polygon(8.0)]) - 800_000).abs() < 10_000);
    assert_eq!(score(&[polygon(10.0), boxes(&[("x", [0.0, 0.0, 10.0, 10.0])])]), 0);
}

#[track_caller]
fn merged(answers: &[Value], wanted: Value) {
    let answers: Vec<Response> = answers.iter().map(|it| response(it.clone())).collect();
    assert_eq!(merge(&answers.iter().collect::<Vec<_>>()), response(wanted), "{answers:?}");
}

#[test]
fn merging_by_hand() {
    merged(
        &[json!({"fields":{"k":"a"}}), json!({"fields":{"k":"a"}}), json!({"fields":{"k":"b"}})],
        json!({"fields":{"k":"a"}}),
    );
    // A tie is no answer, nobody's answer counts as one.
    merged(&[json!({"fields":{"k":"a"}}), json!({"fields":{"k":"b"}})], json!({}));
    merged(&[json!({"fields":{"k":"a"}}), json!({}), json!({})], json!({}));
    merged(&[json!({"fields":{"k":" a"}}), json!({"fields":{"k":"a "}})], json!({"fields":{"k":"a"}}));
    merged(
        &[
            json!({"fields":{"k":["a","b"]}}),
            json!({"fields":{"k":["b","c"]}}),
            json!({"fields":{"k":["c"]}}),
        ],
        json!({"fields":{"k":["b","c"]}}),
    );
    let of = |left: i64, side: &str| {
        json!({"uuid": format!("{left}{side}"), "label":"car","type":"box","left":left,"top":0,"width":10,"height":10,
               "attributes":{"side":side}})
    };
    // The median of each edge of what two of three marked; what one alone marked is left out.
    merged(
        &[
            json!({"annotations":[of(0, "l"), of(50, "l")]}),
            json!({"annotations":[of(1, "l")]}),
            json!({"annotations":[of(3, "r"), of(90, "l"), of(51, "l")]}),
        ],
        json!({"annotations":[
            {"uuid":"merged-1","label":"car","type":"box","left":1,"top":0,"width":10,"height":10,"attributes":{"side":"l"}},
            {"uuid":"merged-2","label":"car","type":"box","left":50.5,"top":0,"width":10,"height":10,"attributes":{"side":"l"}},
        ]}),
    );
    // Two people: only what both marked.
    merged(&[json!({"annotations":[of(0, "l")]}), json!({"annotations":[of(40, "l")]})], json!({}));
    // Who marked a thing twice has one voice.
    merged(&[json!({"annotations":[of(0, "l"), of(1, "l")]}), json!({}), json!({})], json!({}));
}

fn any_annotation() -> impl Strategy<Value = Annotation> {
    (prop::sample::select(vec!["car", "bus"]), 0u8..12, 0u8..3, 4u8..8, any::<bool>()).prop_map(
        |(label, x, y, size, square)| {
            let (left, top, size) = (f64::from(x), f64::from(y), f64::from(size));
            if square {
                of_box(label, [left, top, size, size])
            } else {
                let start = u64::from(x);
                let shape = Shape::Span { start, end: start + size as u64, text: String::new() };
                Annotation { shape, ..of_box(label, [left, top, size, size]) }
            }
        },
    )
}

fn any_response() -> impl Strategy<Value = Response> {
    let choice =
        prop::option::of(prop::sample::select(vec![json!("a"), json!("b"), json!(" a "), json!("")]));
    let list = prop::option::of(prop::sample::subsequence(vec!["x", "y", "z"], 0..=3));
    let number = prop::option::of(prop::sample::select(vec![json!(1), json!(1.0), json!(2), json!(true)]));
    (prop::collection::vec(any_annotation(), 0..5), choice, list, number).prop_map(
        |(annotations, choice, list, number)| {
            let mut fields = BTreeMap::new();
            fields.extend(choice.map(|it| ("kind".to_owned(), it)));
            fields.extend(list.map(|it| ("tags".to_owned(), json!(it))));
            fields.extend(number.map(|it| ("n".to_owned(), it)));
            Response { annotations, fields }
        },
    )
}

fn taxonomy() -> Taxonomy {
    serde_json::from_value(json!({"fields":[
        {"id":"kind","title":"k","type":"single","options":[{"value":"a"},{"value":"b"}]},
        {"id":"tags","title":"t","type":"multiple","options":[{"value":"x"},{"value":"y"},{"value":"z"}]}]}))
    .unwrap()
}

/// The largest sum of overlaps, by trying everything.
fn best(one: &[&Annotation], other: &[&Annotation]) -> i64 {
    let Some((first, rest)) = one.split_first() else { return 0 };
    let mut most = best(rest, other);
    for (i, theirs) in other.iter().enumerate() {
        let iou = overlap(first, theirs);
        if iou >= 500_000 {
            let left: Vec<&Annotation> =
                other.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, it)| *it).collect();
            most = most.max(iou + best(rest, &left));
        }
    }
    most
}

/// By counting cells: everything in these answers is on a grid.
fn overlap(one: &Annotation, other: &Annotation) -> i64 {
    let cells = |of: &Annotation| -> Vec<(i64, i64)> {
        match &of.shape {
            Shape::Box { left, top, width, height } => (*left as i64..(left + width) as i64)
                .flat_map(|x| (*top as i64..(top + height) as i64).map(move |y| (x, y)))
                .collect(),
            Shape::Span { start, end, .. } => (*start as i64..*end as i64).map(|x| (x, 0)).collect(),
            Shape::Polygon { .. } => Vec::new(),
        }
    };
    let same = one.label == other.label && one.shape.tool() == other.shape.tool();
    let (a, b) = (cells(one), cells(other));
    let both = a.iter().filter(|cell| b.contains(cell)).count();
    if same { ((both as f64 / (a.len() + b.len() - both) as f64) * 1e6).round() as i64 } else { 0 }
}

/// The score of two answers from the words of the manual.
fn naive(one: &Response, other: &Response) -> Option<f64> {
    let mut scores = Vec::new();
    if !one.annotations.is_empty() || !other.annotations.is_empty() {
        let (a, b): (Vec<_>, Vec<_>) = (one.annotations.iter().collect(), other.annotations.iter().collect());
        scores.push(2.0 * best(&a, &b) as f64 / 1e6 / (a.len() + b.len()) as f64);
    }
    let texts = |of: &Response, id: &str| -> Vec<String> {
        match of.fields.get(id) {
            None => vec![],
            Some(Value::Array(items)) => items.iter().map(Value::to_string).collect(),
            Some(Value::String(text)) if text.trim().is_empty() => vec![],
            Some(Value::String(text)) => vec![text.trim().to_owned()],
            Some(Value::Number(n)) => vec![format!("{:?}", n.as_f64())],
            Some(other) => vec![other.to_string()],
        }
    };
    for id in ["kind", "tags", "n"] {
        let (a, b) = (texts(one, id), texts(other, id));
        if a.is_empty() && b.is_empty() {
            continue;
        }
        let shared = a.iter().filter(|it| b.contains(it)).count();
        scores.push(shared as f64 / (a.len() + b.len() - shared) as f64);
    }
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn judged(answers: &[Response]) -> Vec<Judgement> {
    let people = (1..).map(UserId);
    people.zip(answers).map(|(person, it)| Judgement::new(person, it.clone(), &taxonomy())).collect()
}

/// The shapes and labels of an answer, whatever they are called.
fn bare(mut of: Response) -> Response {
    of.annotations.iter_mut().for_each(|annotation| annotation.uuid.clear());
    of
}

proptest! {
    #[test]
    fn a_pair_scores_what_the_manual_says(one in any_response(), other in any_response()) {
        let wanted = naive(&one, &other).map_or(ONE, |score| (score * 1e6).round() as i64);
        let found = score(&[one, other]);
        // Each rounds its overlaps and its means to a millionth.
        prop_assert!((found - wanted).abs() <= 4, "{} {}", found, wanted);
    }

    /// Who is first does not matter, to the last digit.
    #[test]
    fn the_order_of_answers_does_not_matter(
        (answers, turned) in prop::collection::vec(any_response(), 2..6)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let (a, b) = (answers.iter().collect::<Vec<_>>(), turned.iter().collect::<Vec<_>>());
        let (found, again) = (compare(&a), compare(&b));
        prop_assert_eq!(found.score, again.score);
        prop_assert_eq!(found.questions, again.questions);
        prop_assert_eq!(found.labels, again.labels);
        prop_assert!((0..=ONE).contains(&found.score));
        prop_assert_eq!(merge(&a), merge(&b));
        // The order of the annotations in an answer neither.
        let mut back = turned.clone();
        back.iter_mut().for_each(|it| it.annotations.reverse());
        let back: Vec<&Response> = back.iter().collect();
        prop_assert_eq!(compare(&back).score, found.score);
        prop_assert_eq!(bare(merge(&back)), bare(merge(&a)));
    }

    #[test]
    fn people_who_say_the_same_agree_and_are_believed(answer in any_response(), n in 2usize..5) {
        let answers = vec![&answer; n];
        prop_assert_eq!(compare(&answers).score, ONE);
        let merged = merge(&answers);
        prop_assert_eq!(compare(&[&merged, &answer]).score, ONE);
        // Merging what is merged changes nothing.
        prop_assert_eq!(bare(merge(&[&merged])), bare(merged));
    }

    /// No thing is in the merged answer that the majority did not mark.
    #[test]
    fn the_merged_answer_is_of_the_majority(answers in prop::collection::vec(any_response(), 1..6)) {
        let merged = merge(&answers.iter().collect::<Vec<_>>());
        let of = |it: &Response, label: &str| it.annotations.iter().filter(|it| it.label == label).count();
        for label in ["car", "bus"] {
            let voices: usize = answers.iter().map(|it| of(it, label)).sum();
            prop_assert!(of(&merged, label) * answers.len() <= voices * 2);
            if answers.iter().filter(|it| of(it, label) > 0).count() * 2 <= answers.len() {
                prop_assert_eq!(of(&merged, label), 0);
            }
        }
        let uuids: std::collections::HashSet<_> = merged.annotations.iter().map(|it| &it.uuid).collect();
        prop_assert_eq!(uuids.len(), merged.annotations.len());
    }

    /// The sums are symmetric in the answers, but for who is who, and each task counts once.
    #[test]
    fn tallies_count_each_task_once(answers in prop::collection::vec(any_response(), 2..5)) {
        let judgements = judged(&answers);
        let (found, sums) = tallies(&judgements).unwrap();
        let bins: Vec<Sums> =
            sums.iter().filter(|(it, _)| matches!(it, Tally::Score { .. })).map(|(_, it)| *it).collect();
        prop_assert_eq!(bins, vec![Sums { n: 1, total: found.score, size: 0 }]);
        let pairs = (answers.len() * (answers.len() - 1) / 2) as i64;
        let people: i64 =
            sums.iter().filter(|(it, _)| matches!(it, Tally::People(..))).map(|(_, it)| it.n).sum();
        prop_assert_eq!(people, pairs);
        let mut back = judgements;
        back.reverse();
        prop_assert_eq!(tallies(&back).unwrap().1, sums);
    }
}
