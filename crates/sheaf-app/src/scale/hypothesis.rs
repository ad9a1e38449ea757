//! What a client says of a task before anybody has labelled it: `hypothesis`, `base_annotations`, and `initial_response` of an
//! evaluation task. It has the shape of a response and is read with more patience: whoever labels the task corrects it, so what
//! cannot be read or drawn is left out.

use std::collections::HashSet;

use serde_json::Value;
use sheaf_model::response::ANNOTATIONS_MAX;
use sheaf_model::{BatchKind, Response};

use super::kind::{Desk, TaskKind};
use super::params::{Params, bad};
use super::response;
use super::taxonomy::CATEGORY;
use crate::Result;

/// The attempt that whoever does an evaluation task is to correct.
pub(super) const INITIAL: &str = "initial_response";
/// The parameters, and sources of pre-labels, in the order in which they count.
pub(super) const SOURCES: &[&str] = &[INITIAL, "hypothesis", "base_annotations"];
/// Characters of an annotation's id.
const UUID_BYTES_MAX: usize = 64;

/// What the annotators of a task begin with.
#[derive(Debug, Clone)]
pub(super) struct Begin {
    /// The parameter that says it.
    pub(super) name: &'static str,
    pub(super) says: Response,
    /// Parts that cannot be read.
    pub(super) unread: usize,
}

/// What a task in a batch of this kind begins with; of most nothing. In training people are to find the answer.
pub(super) fn begin(kind: TaskKind, params: &Params, batch: BatchKind) -> Option<Begin> {
    let names: &[&'static str] = match batch {
        BatchKind::Training => &[],
        BatchKind::Gold => SOURCES,
        BatchKind::Production | BatchKind::Calibration | BatchKind::SelfLabel => &SOURCES[1..],
    };
    let (name, value) = names.iter().find_map(|name| Some((*name, params.get(name)?)))?;
    let (says, unread) = read(kind, params, value);
    Some(Begin { name, says, unread })
}

/// Refuses what is no response, when the task is made. Nothing is asked of types that the desk does not show.
pub(super) fn check(kind: TaskKind, params: &Params) -> Result<()> {
    for name in &SOURCES[1..] {
        if let Some(value) = params.get(name) {
            check_one(kind, name, value)?;
        }
    }
    Ok(())
}

/// Refuses what is neither an object like a response nor a list of annotations.
pub(super) fn check_one(kind: TaskKind, name: &str, value: &Value) -> Result<()> {
    let Some(desk) = kind.desk() else { return Ok(()) };
    let shape = match desk {
        Desk::Shapes | Desk::Spans => "an object with a list `annotations`, like a response, or such a list",
        Desk::Fields => "an object with an object `annotations`, which has the fields, like a response",
        Desk::Category => "an object with a `category`, like a response",
    };
    let wrong = |place: &str| Err(bad(format!("`{place}` cannot be read: `{name}` must be {shape}")));
    let all_objects = |place: &str, list: &[Value]| match list.iter().position(|it| !it.is_object()) {
        Some(at) => Err(bad(format!("`{place}[{at}]` must be a JSON object, an annotation"))),
        None => Ok(()),
    };
    let map = match value {
        Value::Object(map) => map,
        Value::Array(list) if list.is_empty() || matches!(desk, Desk::Shapes | Desk::Spans) => {
            return all_objects(name, list);
        }
        _ => return wrong(name),
    };
    let place = format!("{name}.annotations");
    match (desk, map.get("annotations")) {
        (_, None | Some(Value::Null)) | (Desk::Category, _) => Ok(()),
        (Desk::Shapes | Desk::Spans, Some(Value::Array(list))) => all_objects(&place, list),
        (Desk::Fields, Some(Value::Object(_))) => Ok(()),
        // Annotations that are kept elsewhere are not fetched.
        (_, Some(Value::Object(map))) if map.contains_key("url") => Ok(()),
        _ => wrong(&place),
    }
}

/// As much of it as can be read, as an answer; and of how many parts that is not so.
fn read(kind: TaskKind, params: &Params, value: &Value) -> (Response, usize) {
    let (mut out, mut unread) = (Response::default(), 0);
    let within = value.get("annotations");
    match kind.desk() {
        Some(Desk::Category) => {
            out.fields.extend(response::global(value));
            out.fields.extend(response::category(params, value).map(|it| (CATEGORY.to_owned(), it)));
        }
        Some(Desk::Fields) => {
            let fields = within.and_then(Value::as_object).into_iter().flatten();
            out.fields.extend(fields.map(|(id, it)| (id.clone(), response::field(kind, params, id, it))));
        }
        Some(Desk::Shapes | Desk::Spans) => {
            let list = value.as_array().or_else(|| within?.as_array());
            let mut taken = HashSet::new();
            for (at, value) in list.into_iter().flatten().enumerate() {
                match response::annotation(kind, at, &named(value, at, &mut taken)) {
                    Ok(annotation) if out.annotations.len() < ANNOTATIONS_MAX => {
                        out.annotations.push(annotation);
                    }
                    _ => unread += 1,
                }
            }
            out.fields.extend(response::global(value));
        }
        None => {}
    }
    out.fields.retain(|_, value| !value.is_null());
    (out, unread)
}

/// An annotation with an id that no other has: its own, or one by its place.
fn named(value: &Value, at: usize, taken: &mut HashSet<String>) -> Value {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        let given = [map.remove("uuid"), map.remove("id")].into_iter().flatten().find_map(|it| match it {
            Value::String(text) => Some(text),
            _ => None,
        });
        let own = given.filter(|id| (1..=UUID_BYTES_MAX).contains(&id.len()) && !taken.contains(id));
        let mut id = own.unwrap_or_else(|| format!("prelabel-{}", at + 1));
        while !taken.insert(id.clone()) {
            id.push('-');
        }
        map.insert("uuid".into(), id.into());
        if map.get("attributes").is_some_and(Value::is_null) {
            map.remove("attributes");
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use sheaf_model::Taxonomy;
    use sheaf_model::response::{Annotation, Canvas, Shape, Vertex};
    use sheaf_model::taxonomy::AnswerKind;

    use super::super::response::shaped;
    use super::super::taxonomy::wanted;
    use super::*;

    fn of(kind: &str, params: Value, begins: Value) -> Begin {
        let mut params = Params::of(params).unwrap();
        params.0.extend(begins.as_object().unwrap().clone());
        begin(TaskKind::parse(kind).unwrap(), &params, BatchKind::Production).unwrap()
    }

    #[test]
    fn the_first_of_them_counts_and_training_has_none() {
        let params =
            json!({"hypothesis": null, "base_annotations": [], "initial_response": {"category": "a"}});
        let (kind, params) = (TaskKind::parse("categorization").unwrap(), Params::of(params).unwrap());
        let name = |batch| begin(kind, &params, batch).map(|it| it.name);
        assert_eq!(name(BatchKind::Production), Some("base_annotations"));
        assert_eq!(name(BatchKind::Gold), Some("initial_response"));
        assert_eq!(name(BatchKind::Training), None);
        assert!(begin(kind, &Params::default(), BatchKind::Production).is_none());
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let car = json!({"label": "car", "left": 1, "top": 2, "width": 3, "height": 4});
        let with = |more: Value| {
            let mut it = car.clone();
            it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            it
        };
        let all = json!([
            car,
            with(json!({"uuid": "u", "type": "box", "attributes": null, "locked": true})),
            with(json!({"uuid": "u", "geometry": "box"})),
            with(json!({"id": "prelabel-4"})),
            with(json!({"uuid": 7})),
            {"label": "car", "type": "line", "vertices": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]},
            {"label": "car", "left": 1},
            {"label": "car", "vertices": [{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 2, "y": 1}], "geometry": "polygon"},
        ]);
        for given in [all.clone(), json!({"annotations": all, "global_attributes": {"weather": "sun"}})] {
            let begin = of("imageannotation", json!({}), json!({"hypothesis": given}));
            let uuids: Vec<_> = begin.says.annotations.iter().map(|it| it.uuid.as_str()).collect();
            assert_eq!(uuids, ["prelabel-1", "u", "prelabel-3", "prelabel-4", "prelabel-5", "prelabel-8"]);
            assert_eq!((begin.unread, begin.says.fields.len()), (2, usize::from(given.is_object())));
        }
        let many = json!({"allow_multiple": true});
        let begin = of("categorization", many, json!({"hypothesis": {"category": "cat"}}));
        assert_eq!(begin.says.fields[CATEGORY], json!(["cat"]));
        let begin = of("categorization", json!({}), json!({"hypothesis": {"category": null}}));
        assert_eq!((begin.says, begin.unread), (Response::default(), 0));
        let begin = of("videoannotation", json!({}), json!({"hypothesis": "anything"}));
        assert_eq!(begin.says, Response::default());
    }

    #[test]
    fn what_is_no_response_is_told_at_its_place() {
        let place = |kind: &str, value: Value| {
            let params = Params::of(json!({ "base_annotations": value })).unwrap();
            let told = check(TaskKind::parse(kind).unwrap(), &params).err().map(|error| error.to_string());
            told.map(|text| text.split('`').nth(1).unwrap().to_owned())
        };
        let none = |kind, value| assert_eq!(place(kind, value), None);
        let some = |kind, value, at: &str| assert_eq!(place(kind, value).as_deref(), Some(at));
        some("categorization", json!(["cat"]), "base_annotations");
        for wrong in [json!("x"), json!(7), json!(true)] {
            some("imageannotation", wrong.clone(), "base_annotations");
            some("categorization", wrong.clone(), "base_annotations");
            some("imageannotation", json!({"annotations": wrong.clone()}), "base_annotations.annotations");
            some("textcollection", json!({"annotations": wrong.clone()}), "base_annotations.annotations");
            some("namedentityrecognition", json!([{}, wrong.clone()]), "base_annotations[1]");
            some("annotation", json!({"annotations": [wrong.clone()]}), "base_annotations.annotations[0]");
            none("lidarannotation", wrong);
        }
        some("textcollection", json!({"annotations": [{}]}), "base_annotations.annotations");
        some("imageannotation", json!({"annotations": {"a": 1}}), "base_annotations.annotations");
        for right in
            [json!(null), json!({}), json!([]), json!({"annotations": null}), json!({"category": "x"})]
        {
            none("imageannotation", right.clone());
            none("textcollection", right);
        }
        none("imageannotation", json!({"annotations": {"url": "https://a.example/all.json"}}));
        none("imageannotation", json!({"annotations": [{"label": "no such label", "geometry": "line"}]}));
        none("textcollection", json!({"annotations": {"ok": {"response": [["yes"]]}, "other": 5}}));
    }

    fn params(kind: &str, many: bool) -> Params {
        let choices = json!(["a", "b", "c"]);
        let colour = json!({"type": "category", "choices": choices, "allow_multiple": many});
        let weather = json!({"type": "category", "choices": choices, "allow_multiple": many, "global": true});
        let n = json!({"type": "number"});
        Params::of(match kind {
            "imageannotation" => json!({
                "geometries": {"box": {"objects_to_annotate": choices}, "polygon": {"objects_to_annotate": choices}},
                "annotation_attributes": {"colour": colour, "weather": weather, "n": n},
            }),
            "annotation" | "polygonannotation" => json!({"objects_to_annotate": choices}),
            "categorization" => json!({"categories": choices, "allow_multiple": many}),
            "textcollection" => json!({"fields": [
                {"field_id": "kind", "type": "category", "choices": choices, "allow_multiple": many},
                {"field_id": "why", "type": "text"},
                {"field_id": "n", "type": "number"},
                {"field_id": "ok", "type": "boolean"},
            ]}),
            _ => json!({"labels": choices}),
        })
        .unwrap()
    }

    /// A value for a question of this kind.
    fn value(kind: AnswerKind) -> BoxedStrategy<Value> {
        match kind {
            AnswerKind::Single => proptest::sample::select(vec!["a", "b", "c"]).prop_map(Value::from).boxed(),
            AnswerKind::Multiple => proptest::sample::subsequence(vec!["a", "b", "c"], 0..=3)
                .prop_map(|chosen| json!(chosen))
                .boxed(),
            AnswerKind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            AnswerKind::Number => (-1e6..1e6).prop_map(|n: f64| json!(n)).boxed(),
            AnswerKind::Text => "\\PC{1,12}".prop_map(Value::from).boxed(),
        }
    }

    type Questions = Vec<(String, AnswerKind)>;

    fn values(questions: &[(String, AnswerKind)]) -> BoxedStrategy<Vec<(String, Value)>> {
        let each = questions.iter().map(|(id, kind)| (Just(id.clone()), proptest::option::of(value(*kind))));
        let given = |all: Vec<(String, Option<Value>)>| -> Vec<(String, Value)> {
            all.into_iter().filter_map(|(id, value)| Some((id, value?))).collect()
        };
        each.collect::<Vec<_>>().prop_map(given).boxed()
    }

    fn shape(kind: &'static str) -> BoxedStrategy<Shape> {
        let of_box = (0.0..99.0, 0.0..99.0, 0.5..50.0, 0.5..50.0)
            .prop_map(|(left, top, width, height)| Shape::Box { left, top, width, height });
        let polygon = proptest::collection::vec((0.0..99.0, 0.0..99.0), 3..9).prop_map(|points| {
            Shape::Polygon { vertices: points.into_iter().map(|(x, y)| Vertex { x, y }).collect() }
        });
        let span = (0..9_u64, 1..9_u64, "\\PC{1,9}").prop_map(|(start, n, text)| Shape::Span {
            start,
            end: start + n,
            text,
        });
        match kind {
            "annotation" => of_box.boxed(),
            "polygonannotation" => polygon.boxed(),
            "namedentityrecognition" => span.boxed(),
            _ => prop_oneof![of_box, polygon].boxed(),
        }
    }

    fn questions(taxonomy: &Taxonomy) -> (Questions, Questions) {
        let fields = taxonomy.fields.iter().map(|it| (it.id.clone(), it.kind)).collect();
        let attributes = taxonomy.labels.first().map(|label| label.attributes.as_slice()).unwrap_or_default();
        (fields, attributes.iter().map(|it| (it.name.clone(), it.kind)).collect())
    }

    /// An answer to what these parameters ask for.
    fn answers(kind: &'static str, many: bool) -> BoxedStrategy<Response> {
        let taxonomy = wanted(TaskKind::parse(kind).unwrap(), &params(kind, many));
        let (fields, attributes) = questions(&taxonomy);
        let most = if taxonomy.labels.is_empty() { 0 } else { 6 };
        let label = proptest::sample::select(vec!["a", "b", "c"]);
        let annotation = (label, shape(kind), values(&attributes));
        (proptest::collection::vec(annotation, 0..=most), values(&fields))
            .prop_map(|(annotations, fields)| Response {
                annotations: (annotations.into_iter().enumerate())
                    .map(|(n, (label, shape, attributes))| Annotation {
                        uuid: format!("u{n}"),
                        label: label.to_owned(),
                        shape,
                        attributes: attributes.into_iter().collect(),
                    })
                    .collect(),
                fields: fields.into_iter().collect(),
            })
            .boxed()
    }

    const KINDS: [&str; 6] = [
        "imageannotation",
        "annotation",
        "polygonannotation",
        "categorization",
        "textcollection",
        "namedentityrecognition",
    ];

    proptest! {
        /// An answer given out as a response and sent back as a hypothesis is the same answer.
        #[test]
        fn an_answer_comes_back_as_it_went(
            (kind, many, answer) in (proptest::sample::select(&KINDS[..]), any::<bool>())
                .prop_flat_map(|(kind, many)| (Just(kind), Just(many), answers(kind, many)))
        ) {
            let (kind, params) = (TaskKind::parse(kind).unwrap(), params(kind, many));
            let response = shaped(kind, &params, &answer);
            prop_assert!(check_one(kind, "hypothesis", &response).is_ok(), "{response}");
            let (said, unread) = read(kind, &params, &response);
            prop_assert_eq!(unread, 0);
            prop_assert!(said.says_what(&answer), "{:?}\n{}\n{:?}", answer, response, said);
            // A span is of a text that is not here; all else fits what is asked for.
            if kind.desk() != Some(Desk::Spans) {
                let canvas = if kind.desk() == Some(Desk::Fields) { Canvas::Text("") } else { Canvas::Image(None) };
                let misfits = said.misfits(&wanted(kind, &params), canvas);
                prop_assert!(misfits.is_empty(), "{misfits:?}");
            }
            // And what is given out of that is the same response.
            prop_assert_eq!(shaped(kind, &params, &said), response);
        }
    }
}
