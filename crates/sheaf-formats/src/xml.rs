//! Reading XML that others wrote, event by event. Document types and entities are refused: nothing of these formats needs
//! them, and they are how small files become large ones.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::json::PIXELS_MAX;
use crate::{Error, Result};

/// Elements within elements.
const DEPTH_MAX: usize = 64;
/// Bytes of one element's text, and of one tag with its attributes.
const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

pub(crate) struct Xml<'a> {
    file: &'a str,
    reader: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
    /// Bytes of the event that is being read.
    since: Rc<Cell<usize>>,
    depth: usize,
    began: bool,
    /// The end of an element that was written as `<x/>`.
    closing: bool,
    /// Text since the last tag.
    text: String,
}

/// A tag, with its attributes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    place: String,
    file: String,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    Open(Tag),
    /// An element ended; the text that was in it since the last tag.
    Close(String),
    End,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(file: &'a str, input: impl Read + 'a) -> Self {
        let since = Rc::new(Cell::new(0));
        let input = Capped { inner: BufReader::with_capacity(64 * 1024, input), since: since.clone() };
        let mut reader = Reader::from_reader(Box::new(input) as Box<dyn BufRead + 'a>);
        reader.config_mut().check_end_names = true;
        Self {
            file,
            reader,
            buffer: Vec::new(),
            since,
            depth: 0,
            began: false,
            closing: false,
            text: String::new(),
        }
    }

    pub(crate) fn place(&self) -> String {
        format!("byte {}", self.reader.buffer_position())
    }

    pub(crate) fn error(&self, message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::new(self.file, self.place(), message, hint)
    }

    pub(crate) fn step(&mut self) -> Result<Step> {
        if self.closing {
            self.closing = false;
            return Ok(self.close());
        }
        loop {
            self.buffer.clear();
            self.since.set(0);
            let event = self.reader.read_event_into(&mut self.buffer);
            let place = format!("byte {}", self.reader.buffer_position());
            let refuse = |message: String, hint: &str| Err(Error::new(self.file, &place, message, hint));
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    return refuse(error.to_string(), "the file is cut off or no XML; get it again");
                }
            };
            match event {
                Event::Start(start) => {
                    let tag = tag(self.file, &place, &start)?;
                    return self.open(tag);
                }
                Event::Empty(start) => {
                    let tag = tag(self.file, &place, &start)?;
                    self.closing = true;
                    return self.open(tag);
                }
                Event::End(_) => return Ok(self.close()),
                Event::Text(text) => match text.decode() {
                    Ok(text) if self.text.len() + text.len() <= TEXT_BYTES_MAX => self.text.push_str(&text),
                    Ok(_) => return refuse("a text is too long".into(), "is it of this format?"),
                    Err(_) => return refuse("is not UTF-8".into(), "save the file as UTF-8"),
                },
                Event::CData(text) => match text.decode() {
                    Ok(text) if self.text.len() + text.len() <= TEXT_BYTES_MAX => self.text.push_str(&text),
                    Ok(_) => return refuse("a text is too long".into(), "is it of this format?"),
                    Err(_) => return refuse("is not UTF-8".into(), "save the file as UTF-8"),
                },
                Event::GeneralRef(name) => {
                    let known = match (name.resolve_char_ref(), &*name) {
                        (Ok(Some(c)), _) => Some(c),
                        (_, b"amp") => Some('&'),
                        (_, b"lt") => Some('<'),
                        (_, b"gt") => Some('>'),
                        (_, b"quot") => Some('"'),
                        (_, b"apos") => Some('\''),
                        _ => None,
                    };
                    match known {
                        Some(c) => self.text.push(c),
                        None => {
                            let name = String::from_utf8_lossy(&name).into_owned();
                            return refuse(
                                format!("has the entity `&{name};`"),
                                "entities are not read; write the characters themselves",
                            );
                        }
                    }
                }
                Event::DocType(_) => {
                    return refuse(
                        "has a document type (<!DOCTYPE ...>)".into(),
                        "document types are not read; remove it",
                    );
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof if self.depth > 0 || !self.began => {
                    return refuse("ends in the middle".into(), "the file is cut off; get it again");
                }
                Event::Eof => return Ok(Step::End),
            }
        }
    }

    fn open(&mut self, tag: Tag) -> Result<Step> {
        if self.depth == 0 && self.began {
            return Err(self.error("has a second element at the top", "is it one XML file?"));
        }
        (self.began, self.depth) = (true, self.depth + 1);
        if self.depth > DEPTH_MAX {
            return Err(self
                .error(format!("has more than {DEPTH_MAX} elements in elements"), "is it of this format?"));
        }
        self.text.clear();
        Ok(Step::Open(tag))
    }

    fn close(&mut self) -> Step {
        self.depth = self.depth.saturating_sub(1);
        Step::Close(std::mem::take(&mut self.text))
    }

    /// Passes over what is left of the element that was opened last; its own text.
    pub(crate) fn skip(&mut self) -> Result<String> {
        let mut open = 1;
        loop {
            match self.step()? {
                Step::Open(_) => open += 1,
                Step::Close(text) => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                Step::End => return Ok(String::new()),
            }
        }
    }

    /// The root element, which must have this name.
    pub(crate) fn root(&mut self, name: &str) -> Result<Tag> {
        match self.step()? {
            Step::Open(tag) if tag.name == name => Ok(tag),
            Step::Open(tag) => {
                Err(self.error(format!("begins with <{}>, not <{name}>", tag.name), "is it of this format?"))
            }
            _ => Err(self.error("has no element", "is it of this format?")),
        }
    }
}

fn tag(file: &str, place: &str, start: &BytesStart<'_>) -> Result<Tag> {
    let refuse = |message: String| Error::new(file, place, message, "correct the file");
    let text =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| refuse("is not UTF-8".to_owned()));
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| refuse(error.to_string()))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| refuse(format!("an attribute cannot be read: {error}")))?;
        attributes.push((text(attribute.key.as_ref())?, value.into_owned()));
    }
    Ok(Tag { name: text(start.name().as_ref())?, attributes, place: place.to_owned(), file: file.to_owned() })
}

impl Tag {
    pub(crate) fn opt(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        self.opt(name).ok_or_else(|| self.error(format!("<{}> has no `{name}`", self.name)))
    }

    pub(crate) fn number(&self, name: &str) -> Result<f64> {
        self.parsed(name, self.get(name)?)
    }

    pub(crate) fn opt_number(&self, name: &str) -> Result<Option<f64>> {
        self.opt(name).map(|text| self.parsed(name, text)).transpose()
    }

    fn parsed(&self, name: &str, text: &str) -> Result<f64> {
        number(text).ok_or_else(|| {
            self.error(format!("`{name}` of <{}> is `{}`, not a number", self.name, shown(text)))
        })
    }

    pub(crate) fn pixels(&self, name: &str) -> Result<u32> {
        let text = self.get(name)?;
        pixels(text).ok_or_else(|| {
            self.error(format!(
                "`{name}` of <{}> is `{}`, no size in pixels (1 to {PIXELS_MAX})",
                self.name,
                shown(text)
            ))
        })
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::new(&self.file, &self.place, message, "correct the file, or the program that wrote it")
    }
}

/// A finite number.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|x| x.is_finite())
}

pub(crate) fn pixels(text: &str) -> Option<u32> {
    number(text).filter(|x| x.fract() == 0.0 && (1.0..=f64::from(PIXELS_MAX)).contains(x)).map(|x| x as u32)
}

/// The beginning of a text, for a message.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// Fails when one tag or text takes more bytes than any real one does.
struct Capped<R> {
    inner: R,
    since: Rc<Cell<usize>>,
}

impl<R: BufRead> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Capped<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.since.get() > TEXT_BYTES_MAX {
            return Err(std::io::Error::other(format!(
                "a tag or text is longer than {TEXT_BYTES_MAX} bytes"
            )));
        }
        self.inner.fill_buf()
    }
    fn consume(&mut self, n: usize) {
        self.since.set(self.since.get() + n);
        self.inner.consume(n);
    }
}
