//! What is wrong with a query, for a terminal: the query once, then each place underlined with what is the matter there.

use serde_json::Value;

/// The lines for the details of a `bad_query` answer; `None` for the details of other errors.
pub(crate) fn pointed(details: &Value) -> Option<String> {
    let query = details["query"].as_str()?;
    let found = details["diagnostics"].as_array()?;
    // A query of several lines is pointed at in one.
    let shown = query.replace(['\n', '\r', '\t'], " ");
    let mut out = format!("  {shown}");
    for diagnostic in found {
        let at = |i: usize| diagnostic["span"][i].as_u64().and_then(|at| usize::try_from(at).ok());
        let (from, to) = (at(0)?, at(1)?);
        let before = width(&shown, from);
        let marks = "^".repeat(width(&shown, to).saturating_sub(before).max(1));
        let message = diagnostic["message"].as_str()?;
        out.push_str(&format!("\n  {}{marks} {message}", " ".repeat(before)));
        if let Some(hint) = diagnostic["hint"].as_str() {
            out.push_str(&format!(" ({hint})"));
        }
    }
    Some(out)
}

/// Characters of the text before a place in UTF-16 code units.
fn width(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= utf16
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_place_is_underlined() {
        let details = json!({
            "query": "😀 wether:rain AND (",
            "diagnostics": [
                { "span": [3, 9], "message": "no field `wether`", "hint": "did you mean `weather`?" },
                { "span": [19, 20], "message": "a `(` has no `)`", "hint": null },
            ],
        });
        let expected = concat!(
            "  😀 wether:rain AND (\n",
            "    ^^^^^^ no field `wether` (did you mean `weather`?)\n",
            "                    ^ a `(` has no `)`",
        );
        assert_eq!(pointed(&details).unwrap(), expected);
        assert_eq!(pointed(&json!({ "problems": [] })), None);
    }
}
