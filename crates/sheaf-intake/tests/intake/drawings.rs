//! SVG: painted, never served, and neither a way out nor a way to stop the server.

use sheaf_intake::{
    ProblemCode,
    media::{Content, MediaType},
};

use crate::samples::*;

const OPEN: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"100\" height=\"50\">";

fn svg(inner: &str) -> Vec<u8> {
    format!("{OPEN}{inner}</svg>").into_bytes()
}

/// The painted picture.
#[track_caller]
fn painted(bytes: &[u8]) -> image::RgbaImage {
    let media = read("a.svg", bytes).unwrap();
    assert_eq!(media.media_type, MediaType::Png);
    let Content::Replaced(png) = &media.content else { panic!("the drawing itself was kept") };
    let image = image::load_from_memory(png).unwrap().to_rgba8();
    assert_eq!((media.width, media.height), (Some(image.width()), Some(image.height())));
    assert_eq!(media.size, png.len() as u64);
    assert!(media.thumbnail.is_some());
    image
}

#[test]
fn a_drawing_becomes_a_png() {
    let image = painted(&svg("<rect width='50' height='50' fill='#f00'/>"));
    assert_eq!(image.dimensions(), (1024, 512));
    assert_eq!(image.get_pixel(100, 100).0, [255, 0, 0, 255]);
    assert_eq!(image.get_pixel(900, 100).0[3], 0);
    for (size, expected) in [
        ("width='800' height='600'", (800, 600)),
        ("width='4000' height='2000'", (1024, 512)),
        ("width='1e9' height='1e9'", (1024, 1024)),
        ("width='1' height='1000000'", (1, 1024)),
        ("viewBox='0 0 72 72'", (1024, 1024)),
    ] {
        let text =
            format!("<svg xmlns='http://www.w3.org/2000/svg' {size}><rect width='9' height='9'/></svg>");
        assert_eq!(painted(text.as_bytes()).dimensions(), expected, "for {size}");
    }
}

#[test]
fn drawings_are_known_by_their_content() {
    let body = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
    for text in [
        body.to_owned(),
        format!("\u{feff}\n {body}"),
        format!(
            "<?xml version='1.0'?><!-- a --><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://x'>{body}"
        ),
    ] {
        assert_eq!(read("a.png.svg", text.as_bytes()).unwrap().media_type, MediaType::Png);
        let noted = read("a.png", text.as_bytes()).unwrap();
        assert!(noted.notes.iter().any(|note| note.contains("image/svg+xml")), "{:?}", noted.notes);
        assert_eq!(read("drawing", text.as_bytes()).unwrap().media_type, MediaType::Png);
    }
    assert_eq!(code(read("a.svg", b"<html/>")), ProblemCode::BrokenImage);
    assert_eq!(code(read("a.svg", b"not xml")), ProblemCode::BrokenImage);
    assert_eq!(code(read("a.svg", &svg("<g>"))), ProblemCode::BrokenImage);
    assert_eq!(
        code(read("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>\xff</svg>")),
        ProblemCode::NotUtf8
    );
    assert_eq!(code(read("a.svgz", b"\x1f\x8b\x08\x00\x00")), ProblemCode::UnsupportedType);
}

#[test]
fn a_drawing_reaches_nothing_outside_of_itself() {
    let secret = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    std::fs::write(secret.path(), encode(&picture(50, 50, 255), image::ImageFormat::Png)).unwrap();
    let path = secret.path().display();
    for href in [
        format!("{path}"),
        format!("file://{path}"),
        "http://127.0.0.1:9/x.png".to_owned(),
        "//127.0.0.1/x.png".to_owned(),
        "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc1MCcgaGVpZ2h0PSc1MCc+PHJlY3Qgd2lkdGg9JzUwJyBoZWlnaHQ9JzUwJy8+PC9zdmc+".to_owned(),
    ] {
        let image = painted(&svg(&format!("<image xlink:href='{href}' width='50' height='50'/>")));
        assert!(image.pixels().all(|pixel| pixel.0[3] == 0), "{href} was painted");
    }
    let entity = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file://{path}'>]>{OPEN}<text>&x;</text></svg>");
    match read("a.svg", entity.as_bytes()) {
        Ok(media) => assert_eq!(media.media_type, MediaType::Png),
        Err(error) => assert!(error.problem().is_some(), "{error}"),
    }
}

#[test]
fn an_embedded_picture_is_painted_within_limits() {
    use base64ish::encode as base64;
    let small = base64(&encode(&picture(20, 20, 255), image::ImageFormat::Png));
    let image =
        painted(&svg(&format!("<image href='data:image/png;base64,{small}' width='50' height='50'/>")));
    assert!(image.pixels().any(|pixel| pixel.0[3] == 255));
    let bomb = base64(&png_header(30_000, 30_000));
    let image =
        painted(&svg(&format!("<image href='data:image/png;base64,{bomb}' width='50' height='50'/>")));
    assert!(image.pixels().all(|pixel| pixel.0[3] == 0));
}

#[test]
fn scripts_and_foreign_content_do_nothing() {
    let image = painted(&svg(
        "<script>alert(1)</script><rect onload='alert(1)' width='100' height='50' fill='#0f0'/>\
         <foreignObject width='100' height='50'><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>\
         <style>@import url(http://127.0.0.1/x.css);</style>",
    ));
    assert_eq!(image.get_pixel(500, 250).0, [0, 255, 0, 255]);
}

#[test]
fn text_is_tolerated_and_its_loss_is_noted() {
    let media = read("a.svg", &svg("<text x='1' y='20'>hello</text><rect width='5' height='5'/>")).unwrap();
    assert!(media.notes.iter().any(|note| note.contains("text")), "{:?}", media.notes);
}

/// Each of these asks for years, or for more memory than there is.
#[test]
fn costly_drawings_are_refused_before_they_are_painted() {
    let laughs = |levels: u32, level: &dyn Fn(u32) -> String| (0..levels).map(level).collect::<String>();
    let uses = |n: u32| format!("<g id='g{}'>{}</g>", n + 1, format!("<use xlink:href='#g{n}'/>").repeat(10));
    let entities = laughs(9, &|n| format!("<!ENTITY e{} '{}'>", n + 1, format!("&e{n};").repeat(10)));
    let patterns = laughs(9, &|n| {
        let inner = format!("<rect width='9' height='9' fill='url(#p{n})'/>").repeat(10);
        format!(
            "<pattern id='p{}' width='9' height='9' patternUnits='userSpaceOnUse'>{inner}</pattern>",
            n + 1
        )
    });
    let styled = laughs(9, &|n| {
        let inner = format!("<rect class='c{n}' width='9' height='9'/>").repeat(10);
        format!("<style>.c{n} {{ mask: url(#m{n}) }}</style><mask id='m{}'>{inner}</mask>", n + 1)
    });
    let markers = laughs(4, &|n| {
        let d = "M0 0".to_owned() + &"L1 1L2 0".repeat(60);
        format!("<marker id='k{}'><path d='{d}' marker-mid='url(#k{n})'/></marker>", n + 1)
    });
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "use",
            svg(&format!(
                "<defs><g id='g0'><rect width='1' height='1'/></g>{}</defs><use xlink:href='#g9'/>",
                laughs(9, &uses)
            )),
        ),
        ("patterns", svg(&format!("<defs>{patterns}</defs><rect width='9' height='9' fill='url(#p9)'/>"))),
        (
            "masks by style",
            svg(&format!("<defs>{styled}</defs><rect width='9' height='9' mask='url(#m9)'/>")),
        ),
        ("markers", svg(&format!("<defs>{markers}</defs><path d='M0 0L1 1L2 2' marker-mid='url(#k4)'/>"))),
        (
            "nested entities",
            format!("<!DOCTYPE svg [<!ENTITY e0 'lol'>{entities}]>{OPEN}<desc>&e9;</desc></svg>")
                .into_bytes(),
        ),
        (
            "one large entity, often",
            format!(
                "<!DOCTYPE svg [<!ENTITY e '{}'>]>{OPEN}<desc>{}</desc></svg>",
                "x".repeat(100_000),
                "&e;".repeat(100_000)
            )
            .into_bytes(),
        ),
        ("depth", svg(&("<g>".repeat(5000) + &"</g>".repeat(5000)))),
        ("great depth", svg(&("<g>".repeat(390_000) + &"</g>".repeat(390_000)))),
        ("nodes", svg(&"<g/>".repeat(500_000))),
        ("elements", svg(&"<g/>".repeat(250_000))),
        (
            "layers",
            svg(&("<g opacity='.5'><rect x='-900' y='-900' width='2000' height='2000'/>".repeat(200)
                + &"</g>".repeat(200))),
        ),
        ("coverage", svg(&"<rect width='100' height='50'/>".repeat(9000))),
        (
            "a huge tile",
            svg(
                "<pattern id='p' width='1e6' height='1e6' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern><rect width='99' height='49' fill='url(#p)'/>",
            ),
        ),
        (
            "octaves",
            svg(
                "<filter id='f'><feTurbulence numOctaves='100000000' baseFrequency='.1'/></filter><rect filter='url(#f)' width='99' height='49'/>",
            ),
        ),
        (
            "morphology",
            svg(
                "<filter id='f'><feMorphology radius='5000'/></filter><rect filter='url(#f)' width='99' height='49'/>",
            ),
        ),
        (
            "dashes",
            svg(&"<path d='M0 0L100 50L0 50L100 0' stroke='red' stroke-dasharray='.0001'/>".repeat(400)),
        ),
        (
            "style rules",
            svg(&format!("<style>{}</style>{}", ".a{fill:red}".repeat(20_000), "<g/>".repeat(20_000))),
        ),
    ];
    for (what, bytes) in cases {
        let started = std::time::Instant::now();
        let result = read("a.svg", &bytes);
        assert!(started.elapsed().as_secs() < 5, "{what} took {:?}", started.elapsed());
        let code = code(result);
        assert!(matches!(code, ProblemCode::TooLarge | ProblemCode::BrokenImage), "{what}: {code}");
    }
}

/// The guards must not refuse what drawing programs really write.
#[test]
fn ordinary_drawings_pass() {
    let paths: String =
        (0..3000).map(|i| format!("<path class='s{}' d='M{i} 0q5 5 9 9z'/>", i % 40)).collect();
    let styles: String = (0..40).map(|i| format!(".s{i}{{fill:url(#l);clip-path:url(#c{i})}}")).collect();
    let clips: String = (0..40)
        .map(|i| format!("<clipPath id='c{i}'><rect class='s{i}' width='9' height='9'/></clipPath>"))
        .collect();
    let illustrator = format!(
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd' [<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>]>\
         <svg xmlns='&ns_svg;' width='800' height='600'><style>{styles}</style><linearGradient id='l'><stop stop-color='red'/><stop offset='1'/></linearGradient>{clips}{paths}</svg>"
    );
    painted(illustrator.as_bytes());
    painted(&svg(
        "<filter id='f'><feGaussianBlur stdDeviation='2'/><feOffset dx='1' dy='1'/><feMerge><feMergeNode/><feMergeNode in='SourceGraphic'/></feMerge></filter>\
         <g filter='url(#f)'><circle cx='25' cy='25' r='20' fill='blue'/></g><g opacity='.5' mask='url(#m)'><rect width='50' height='50'/></g>\
         <mask id='m'><rect width='30' height='30' fill='white'/></mask><use href='#s' x='3'/><symbol id='s'><rect width='3' height='3'/></symbol>",
    ));
    // References that lead back to themselves are cut, not refused.
    painted(&svg(
        "<g id='a'><use xlink:href='#a'/></g><pattern id='p' width='9' height='9'><rect fill='url(#p)' width='9' height='9'/></pattern><rect fill='url(#p)' width='9' height='9'/>",
    ));
}

/// Enough of base64 for embedded pictures.
mod base64ish {
    pub fn encode(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let word =
                chunk.iter().fold(0_u32, |word, &b| word << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
            for i in 0..4 {
                let digit = ALPHABET[(word >> (18 - 6 * i) & 63) as usize] as char;
                out.push(if i <= chunk.len() { digit } else { '=' });
            }
        }
        out
    }
}
