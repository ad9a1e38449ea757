//! Plain texts, as files.

use sheaf_intake::{
    Limits, ProblemCode,
    media::{Content, MediaKind, MediaType, read_text},
};

use crate::samples::*;

#[test]
fn texts_are_kept_without_their_mark() {
    for (name, bytes, expected) in [
        ("a.txt", &b"hello\r\nworld"[..], "hello\r\nworld"),
        ("a.txt", b"\xef\xbb\xbfhello", "hello"),
        ("a.md", "grüße 日本".as_bytes(), "grüße 日本"),
        ("README", b"x", "x"),
        ("a.html", b"<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a.txt", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("mail.7f3a", b"Subject: x\n\ny", "Subject: x\n\ny"),
    ] {
        let media = read(name, bytes).unwrap();
        assert_eq!((media.media_type, media.kind), (MediaType::Text, MediaKind::Text), "{name}");
        assert_eq!(media.content, Content::Text(expected.to_owned()));
        assert_eq!((media.size, media.width, media.thumbnail.is_none()), (expected.len() as u64, None, true));
        let again = read_text(expected.to_owned(), &Limits::default()).unwrap();
        assert_eq!(again.sha256, media.sha256);
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for (name, bytes, expected) in [
        ("a.txt", &b""[..], ProblemCode::Empty),
        ("a.txt", b" \r\n\t", ProblemCode::Empty),
        ("a.txt", b"\xef\xbb\xbf", ProblemCode::Empty),
        ("a.txt", b"caf\xe9 au lait, a whole line of it", ProblemCode::NotUtf8),
        ("a.txt", b"\xff\xfeh\x00e\x00l\x00l\x00o\x00", ProblemCode::UnsupportedType),
        (
            "a.txt",
            b"one NUL\x00 in a text that is long enough to look like text otherwise",
            ProblemCode::UnsupportedType,
        ),
        ("a.txt", b"\x00\x01\x02\x03\x04\x05", ProblemCode::UnsupportedType),
        ("a.docx", b"named like a document", ProblemCode::UnsupportedType),
    ] {
        assert_eq!(code(read(name, bytes)), expected, "{name} with {:?}", String::from_utf8_lossy(bytes));
    }
    let limits = Limits { text_bytes_max: 4, ..Limits::default() };
    assert_eq!(code(read_within("a.txt", b"12345", &limits)), ProblemCode::TooLarge);
    assert!(read_within("a.txt", b"1234", &limits).is_ok());
}
