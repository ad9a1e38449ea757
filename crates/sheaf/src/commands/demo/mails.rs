//! The text project: the mails of the SpamAssassin corpus, with what their headers say as metadata.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mailparse::{MailHeaderMap, ParsedMail};
use serde_json::{Value, json};
use sheaf_app::App;
use sheaf_app::batches::NewBatch;
use sheaf_app::projects::NewProject;
use sheaf_intake::manifest::Role;
use sheaf_model::project::Attribution;
use sheaf_model::response::{Response, Shape};
use sheaf_model::{BatchKind, Media, Pick, Recipe};

use super::people::Team;
use super::{answers, seed};

const FOLDERS: [&str; 5] = ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"];
/// Characters of a mail that are kept: nobody reads on.
const CHARS_MAX: usize = 20_000;
/// Headers are dated by anybody's clock; outside of 1995 to 2005 it is wrong.
const SECONDS: std::ops::Range<i64> = 788_918_400..1_136_073_600;

const INSTRUCTIONS: &str = "\
# Is it spam?

Read the mail as if it had come to you.

- **Spam** is advertising that nobody asked for, and fraud. A newsletter that somebody ordered is **ham**, however loud.
- Mark every **link** that the mail wants you to open, and every **offer** with its price, from the first to the last
  word.
- Say how sure you are.
";

pub(super) async fn seed(app: &App, team: &Team, package: &Path) -> Result<()> {
    let new = NewProject {
        name: "SpamAssassin".into(),
        media: Media::Text,
        taxonomy: Some(serde_json::from_value(taxonomy())?),
        instructions: INSTRUCTIONS.into(),
        attribution: Some(Attribution {
            title: "SpamAssassin public mail corpus".into(),
            source: "Apache SpamAssassin, packaged by the stdlib authors".into(),
            licence: "PDDL-1.0 (database), CC0-1.0 (contents)".into(),
            url: Some("https://spamassassin.apache.org/old/publiccorpus/".into()),
        }),
    };
    let project = seed::project(app, team, new).await?;
    for folder in FOLDERS {
        let rows = rows(package, folder).with_context(|| format!("the mails in {folder}"))?;
        let roles = [("text", Role::Text), ("name", Role::Name), ("id", Role::Ref)];
        seed::upload(app, &team.manager, project, folder, &rows, &roles, Vec::new()).await?;
    }

    let random = Recipe { pick: Pick::Random { count: 200, seed: Some(2002) }, ..Recipe::default() };
    let new = NewBatch {
        name: "First look".into(),
        kind: BatchKind::Production,
        priority: 0,
        launch: true,
        ..NewBatch::default()
    };
    let (_, done) = seed::batch(app, &team.manager, project, new, random).await?;
    answers::hand_in(app, team, project, done, 24, |seen| {
        let spam = seen.metadata.get("spam").and_then(Value::as_bool).unwrap_or(false);
        let fields = [
            ("verdict".to_owned(), json!(if spam { "spam" } else { "ham" })),
            ("sure".to_owned(), json!(if seen.task.task.ordinal % 5 == 0 { 3 } else { 5 })),
        ];
        let link = seen.text.and_then(link).map(|shape| answers::annotation(0, "link", shape));
        Response { annotations: link.into_iter().collect(), fields: fields.into() }
    })
    .await?;

    let hard = Recipe {
        query: Some(sheaf_query::term("folder", "hard-ham-1")),
        pick: Pick::All,
        ..Recipe::default()
    };
    let new = NewBatch {
        name: "Hard ham".into(),
        kind: BatchKind::Calibration,
        priority: 10,
        launch: false,
        ..NewBatch::default()
    };
    seed::batch(app, &team.manager, project, new, hard).await?;
    Ok(())
}

/// The manifest of one folder, in the order of the files' names.
fn rows(package: &Path, folder: &str) -> Result<Vec<Value>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(package.join("data").join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
    files.sort();
    files.iter().map(|file| Ok(row(folder, file, &std::fs::read(file)?))).collect()
}

fn row(folder: &str, file: &Path, bytes: &[u8]) -> Value {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let number = stem.split('.').next().unwrap_or(&stem).to_owned();
    let mut notes: Vec<&str> = Vec::new();
    // Mailboxes put a line of their own before the headers.
    let mail = match bytes.strip_prefix(b"From ") {
        Some(rest) => rest.iter().position(|&byte| byte == b'\n').map_or(rest, |end| &rest[end + 1..]),
        None => bytes,
    };
    let mut row = json!({
        "id": format!("{folder}/{number}"),
        "name": format!("{folder}/{number}"),
        "folder": folder,
        "spam": folder.starts_with("spam"),
        "size": bytes.len(),
    });
    let (head, body) = match mailparse::parse_mail(mail) {
        Ok(parsed) => {
            let header = |name: &str| parsed.headers.get_first_value(name).map(|text| printable(&text));
            let (from, subject, date) = (header("From"), header("Subject"), header("Date"));
            if let Some(domain) = from.as_deref().and_then(domain) {
                row["from_domain"] = json!(domain);
            }
            if let Some(subject) = subject.as_deref().filter(|text| !text.is_empty()) {
                row["subject"] = json!(subject);
            }
            match date.as_deref().and_then(|text| mailparse::dateparse(text).ok()).and_then(time) {
                Some(date) => row["date"] = json!(date),
                None => notes.push("the date is missing or wrong"),
            }
            let mut head = String::new();
            for (name, value) in
                [("From", &from), ("To", &header("To")), ("Date", &date), ("Subject", &subject)]
            {
                if let Some(value) = value {
                    head.push_str(&format!("{name}: {value}\n"));
                }
            }
            let (text, html) = body(&parsed, &mut notes);
            row["html"] = json!(html);
            (head, text)
        }
        Err(_) => {
            notes.push("the headers cannot be read");
            (String::new(), String::from_utf8_lossy(mail).into_owned())
        }
    };
    let mut text: String = printable(&body);
    if text.chars().count() > CHARS_MAX {
        text = text.chars().take(CHARS_MAX).collect();
        notes.push("the text was cut");
    }
    row["text"] = json!(format!("{head}\n{}\n", text.trim()));
    if !notes.is_empty() {
        row["notes"] = json!(notes);
    }
    row
}

/// The part that a person reads, and whether it was HTML.
fn body(mail: &ParsedMail<'_>, notes: &mut Vec<&str>) -> (String, bool) {
    let parts: Vec<&ParsedMail<'_>> = mail.parts().filter(|part| part.subparts.is_empty()).collect();
    let of_type = |wanted: &str| parts.iter().find(|part| part.ctype.mimetype.eq_ignore_ascii_case(wanted));
    let (part, html) = match (of_type("text/plain"), of_type("text/html")) {
        (Some(part), _) => (*part, false),
        (None, Some(part)) => (*part, true),
        (None, None) => (mail, false),
    };
    let text = part.get_body().unwrap_or_else(|_| {
        notes.push("the body is damaged");
        String::from_utf8_lossy(&part.get_body_raw().unwrap_or_default()).into_owned()
    });
    if text.contains('\u{fffd}') {
        notes.push("some characters could not be read");
    }
    if html { (without_tags(&text), true) } else { (text, false) }
}

/// HTML as the text that is in it: enough to read a mail, not a renderer.
fn without_tags(html: &str) -> String {
    // ASCII lower case keeps every offset.
    let lower = html.to_ascii_lowercase();
    let mut out = String::with_capacity(html.len() / 2);
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        out.push_str(&html[at..at + found]);
        at += found;
        let tag = &lower[at + 1..];
        let name = &tag[..tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '/').unwrap_or(tag.len())];
        let end = match name {
            "script" => "</script",
            "style" => "</style",
            _ if tag.starts_with("!--") => "-->",
            _ => ">",
        };
        at = lower[at..].find(end).map_or(html.len(), |found| at + found + end.len());
        if end.starts_with("</") {
            at = html[at..].find('>').map_or(html.len(), |found| at + found + 1);
        }
        if matches!(name, "br" | "br/" | "p" | "/p" | "div" | "/div" | "tr" | "/tr" | "li" | "h1" | "h2") {
            out.push('\n');
        }
    }
    out.push_str(&html[at..]);
    for (entity, sign) in [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
        out = out.replace(entity, sign);
    }
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    let mut text = lines.join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// Without the control characters that mails of the time are full of.
fn printable(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn domain(from: &str) -> Option<String> {
    let address = from.rsplit_once('@')?.1;
    let end =
        address.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(address.len());
    let domain = address[..end].trim_matches('.').to_ascii_lowercase();
    (domain.contains('.')).then_some(domain)
}

fn time(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok().filter(|_| SECONDS.contains(&seconds))?;
    Some(time.to_string())
}

/// The first web address in a text.
fn link(text: &str) -> Option<Shape> {
    let at = text.find("http://")?;
    let rest = &text[at..];
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')')).unwrap_or(rest.len());
    let found = &rest[..end];
    let start = text[..at].chars().count() as u64;
    Some(Shape::Span { start, end: start + found.chars().count() as u64, text: found.to_owned() })
}

fn taxonomy() -> Value {
    json!({
        "labels": [
            { "name": "link", "title": "Link", "color": "#1971c2", "hotkey": "1", "tools": ["span"], "attributes": [] },
            { "name": "offer", "title": "Offer", "color": "#e03131", "hotkey": "2", "tools": ["span"],
              "attributes": [{ "name": "price", "title": "Price", "type": "number", "required": false }] },
        ],
        "fields": [
            { "id": "verdict", "title": "Is it spam?", "type": "single", "required": true, "options": [
                { "value": "spam", "title": "Spam", "hotkey": "s" },
                { "value": "ham", "title": "Ham", "hotkey": "h" } ] },
            { "id": "sure", "title": "How sure are you, from 1 to 5?", "type": "number", "required": false,
              "min": 1.0, "max": 5.0 },
            { "id": "note", "title": "Anything to note?", "type": "text", "required": false },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_becomes_a_row() {
        let mail = b"From x@y Thu Aug 22 2002\nFrom: \"Deals\" <win@Big.Example.com>\nTo: you\nSubject: =?iso-8859-1?Q?Caf=E9?=\n\
            Date: Thu, 22 Aug 2002 12:00:00 +0200\nContent-Type: text/html; charset=\"iso-8859-1\"\n\n\
            <html><style>p {x}</style><p>Buy&nbsp;now: <a href='z'>http://win.example/x</a><br>caf\xe9</html>\n";
        let row = row("spam-1", Path::new("spam-1/00001.abc.txt"), mail);
        assert_eq!(row["id"], "spam-1/00001");
        assert_eq!(row["from_domain"], "big.example.com");
        assert_eq!(row["subject"], "Café");
        assert_eq!(row["date"], "2002-08-22T10:00:00Z");
        assert_eq!((&row["spam"], &row["html"]), (&json!(true), &json!(true)));
        let text = row["text"].as_str().unwrap();
        assert!(text.ends_with("Buy now: http://win.example/x\ncafé\n"), "{text:?}");
        let Some(Shape::Span { start, end, text: found }) = link(text) else { panic!("no link") };
        let slice: String = text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!((slice.as_str(), found.as_str()), ("http://win.example/x", "http://win.example/x"));
    }

    #[test]
    fn what_is_no_mail_is_a_text_with_a_note() {
        for bytes in [b"".as_slice(), b"\xff\xfe\x00", b"no headers at all", b"From \n"] {
            let row = row("x", Path::new("x/1.txt"), bytes);
            assert!(row["text"].is_string());
        }
    }
}
