//! Reading JSON that others wrote: element by element, each of limited size, with the path of whatever is wrong.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Error, Result};

/// Bytes of one record: a task, an image, a line.
const RECORD_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A number of pixels beyond this is a mistake.
pub(crate) const PIXELS_MAX: u32 = 1_000_000;

/// A value with the way to it, which is spelt out only when something is wrong.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    file: &'a str,
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Record(u64),
    Key(&'a str),
    Index(usize),
    /// An element of a list at the top: the list's key (empty when the list is the file) and the number.
    Element(&'a str, usize),
}

impl<'a> At<'a> {
    pub(crate) fn record(file: &'a str, number: u64, value: &'a Value) -> Self {
        Self { value, file, parent: None, step: Step::Record(number) }
    }

    fn element(file: &'a str, list: &'a str, index: usize, value: &'a Value) -> Self {
        Self { value, file, parent: None, step: Step::Element(list, index) }
    }

    pub(crate) fn error(&self, message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::new(self.file, self.to_string(), message, hint)
    }

    fn expected(&self, what: &str) -> Error {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.error(format!("is {found}, not {what}"), "correct the file, or the program that wrote it")
    }

    /// The value under a key, when there is one that is not null.
    pub(crate) fn opt(&'a self, key: &'a str) -> Result<Option<At<'a>>> {
        let object = self.object()?;
        Ok(object.get(key).filter(|value| !value.is_null()).map(|value| self.child(value, Step::Key(key))))
    }

    pub(crate) fn get(&'a self, key: &'a str) -> Result<At<'a>> {
        self.opt(key)?.ok_or_else(|| {
            self.error(format!("has no `{key}`"), "correct the file, or the program that wrote it")
        })
    }

    fn child(&'a self, value: &'a Value, step: Step<'a>) -> At<'a> {
        At { value, file: self.file, parent: Some(self), step }
    }

    pub(crate) fn object(&self) -> Result<&'a Map<String, Value>> {
        self.value.as_object().ok_or_else(|| self.expected("an object"))
    }

    pub(crate) fn entries(&'a self) -> Result<impl Iterator<Item = (&'a str, At<'a>)>> {
        Ok(self.object()?.iter().map(|(key, value)| (key.as_str(), self.child(value, Step::Key(key)))))
    }

    pub(crate) fn items(&'a self) -> Result<impl Iterator<Item = At<'a>>> {
        let items = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        Ok(items.iter().enumerate().map(|(i, value)| self.child(value, Step::Index(i))))
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.expected("a text"))
    }

    pub(crate) fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    pub(crate) fn number(&self) -> Result<f64> {
        self.value.as_f64().filter(|x| x.is_finite()).ok_or_else(|| self.expected("a number"))
    }

    pub(crate) fn integer(&self) -> Result<u64> {
        let whole = |x: &f64| x.fract() == 0.0 && (0.0..9e15).contains(x);
        self.value
            .as_u64()
            .or_else(|| self.value.as_f64().filter(whole).map(|x| x as u64))
            .ok_or_else(|| self.expected("a whole number of at least 0"))
    }

    /// A size in pixels.
    pub(crate) fn pixels(&self) -> Result<u32> {
        let n = self.integer()?;
        u32::try_from(n).ok().filter(|n| (1..=PIXELS_MAX).contains(n)).ok_or_else(|| {
            self.error(format!("{n} is no size in pixels (1 to {PIXELS_MAX})"), "correct the file")
        })
    }

    /// A key, as text: a number or a text.
    pub(crate) fn id(&self) -> Result<String> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(self.expected("a number or a text")),
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Record(n) => write!(f, "record {n}"),
            Step::Key(key) if matches!(self.parent, Some(At { step: Step::Record(_), parent: None, .. })) => {
                write!(f, ", {key}")
            }
            Step::Key(key) => write!(f, ".{key}"),
            Step::Index(i) => write!(f, "[{i}]"),
            Step::Element(list, i) => write!(f, "{list}[{i}]"),
        }
    }
}

/// Fails when more than a record's bytes are read without a new beginning.
struct Limited<'c, R> {
    inner: R,
    since: &'c Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.since.set(self.since.get() + n as u64);
        if self.since.get() > RECORD_BYTES_MAX {
            return Err(io::Error::other(format!("a record is larger than {RECORD_BYTES_MAX} bytes")));
        }
        Ok(n)
    }
}

/// Reads a file that is a list, or an object with lists: `visit` gets every element of the lists that `wanted` says, one by one.
/// The list that the file itself is has the key "". Everything else is passed over.
pub(crate) fn each(
    file: &str,
    input: impl Read,
    wanted: &[&str],
    mut visit: impl FnMut(&str, At<'_>) -> Result<()>,
) -> Result<()> {
    let since = Cell::new(0);
    let input = BufReader::with_capacity(64 * 1024, Limited { inner: input, since: &since });
    let mut failed = None;
    let mut walk = Walk { file, wanted, since: &since, visit: &mut visit, failed: &mut failed };
    let mut reader = serde_json::Deserializer::from_reader(input);
    let outcome = reader.deserialize_any(Top(&mut walk)).and_then(|()| reader.end());
    match (failed, outcome) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(syntax(file, &error)),
        (None, Ok(())) => Ok(()),
    }
}

/// What serde says, with its place.
fn syntax(file: &str, error: &serde_json::Error) -> Error {
    let said = error.to_string();
    let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
    let hint = if error.is_eof() {
        "the file is cut off; get it again"
    } else if error.is_io() {
        "check the file"
    } else {
        "is it of this format? correct the file"
    };
    Error::new(file, format!("line {} column {}", error.line(), error.column()), message, hint)
}

struct Walk<'w> {
    file: &'w str,
    wanted: &'w [&'w str],
    since: &'w Cell<u64>,
    visit: &'w mut dyn FnMut(&str, At<'_>) -> Result<()>,
    failed: &'w mut Option<Error>,
}

struct Top<'w, 'v>(&'v mut Walk<'w>);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object at the top of the file")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Elements(self.0, "").visit_seq(seq)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.since.set(0);
            if self.0.wanted.contains(&key.as_str()) {
                map.next_value_seed(Elements(self.0, &key))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The elements of one list.
struct Elements<'w, 'v>(&'v mut Walk<'w>, &'v str);

impl<'de> DeserializeSeed<'de> for Elements<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1.is_empty() { f.write_str("a list") } else { write!(f, "a list under `{}`", self.1) }
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self(walk, list) = self;
        if list.is_empty() && !walk.wanted.contains(&"") {
            return Err(serde::de::Error::custom("the file is a list; an object is expected"));
        }
        let mut index = 0;
        while let Some(value) = seq.next_element::<Value>()? {
            walk.since.set(0);
            if let Err(error) = (walk.visit)(list, At::element(walk.file, list, index, &value)) {
                *walk.failed = Some(error);
                return Err(serde::de::Error::custom("stopped"));
            }
            index += 1;
        }
        Ok(())
    }
}

/// Reads records that follow each other, a line each as a rule, or are the elements of one list.
pub(crate) fn records(
    file: &str,
    input: impl Read,
    mut visit: impl FnMut(At<'_>) -> Result<()>,
) -> Result<()> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let io = |error: io::Error| Error::new(file, "", error.to_string(), "check the file");
    if first_byte(&mut input).map_err(io)? == Some(b'[') {
        return each(file, input, &[""], |_, at| visit(at));
    }
    let since = Cell::new(0);
    let input = BufReader::with_capacity(64 * 1024, Limited { inner: input, since: &since });
    let records = serde_json::Deserializer::from_reader(input).into_iter::<Value>();
    for (number, value) in (1..).zip(records) {
        since.set(0);
        let value = value.map_err(|error| syntax(file, &error))?;
        visit(At::record(file, number, &value))?;
    }
    Ok(())
}

/// The first byte that is not white space or a byte order mark, which are taken away.
fn first_byte(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = input.fill_buf()?;
        let Some(first) = buffer.first().copied() else { return Ok(None) };
        if buffer.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        } else if first.is_ascii_whitespace() {
            input.consume(1);
        } else {
            return Ok(Some(first));
        }
    }
}
