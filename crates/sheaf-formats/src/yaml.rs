//! A small YAML file (`data.yaml` of YOLO) as JSON. Aliases are refused, so a small file stays small.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use crate::{Error, Result};

/// Lists and maps within each other.
const DEPTH_MAX: usize = 16;

enum Open {
    List(Vec<Value>),
    /// With the key that waits for its value.
    Map(Map<String, Value>, Option<String>),
}

pub(crate) fn parse(file: &str, text: &str) -> Result<Value> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = format!("line {} column {}", error.marker().line(), error.marker().col() + 1);
            Error::new(file, place, error.info(), "correct the file")
        })?;
        let place = || format!("line {} column {}", span.start.line(), span.start.col() + 1);
        let done = match event {
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= DEPTH_MAX => {
                return Err(Error::new(file, place(), "is nested too deep", "is it of this format?"));
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Map(map, _)) => Value::Object(map),
                None => continue,
            },
            Event::Alias(_) => {
                return Err(Error::new(file, place(), "has an alias (`*name`)", "write the value itself"));
            }
            Event::DocumentEnd => return Ok(Value::Null),
            _ => continue,
        };
        match open.last_mut() {
            None => return Ok(done),
            Some(Open::List(items)) => items.push(done),
            Some(Open::Map(map, waiting)) => match waiting.take() {
                Some(key) => {
                    map.insert(key, done);
                }
                None => {
                    *waiting = Some(match done {
                        Value::String(key) => key,
                        other => other.to_string(),
                    });
                }
            },
        }
    }
    Ok(Value::Null)
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_maps_and_scalars_are_read_and_aliases_refused() {
        let text = "path: ../data # root\ntrain: images/train\nnames:\n  0: car\n  1: 'two words'\nkpt_shape: [17, 3]\n";
        let wanted = json!({"path":"../data","train":"images/train","names":{"0":"car","1":"two words"},"kpt_shape":[17,3]});
        assert_eq!(parse("d.yaml", text).unwrap(), wanted);
        let bomb = "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        assert_eq!(parse("d.yaml", bomb).unwrap_err().place, "line 2 column 8");
        assert!(parse("d.yaml", "names: [a, b").is_err());
        assert_eq!(parse("d.yaml", "").unwrap(), Value::Null);
    }
}
