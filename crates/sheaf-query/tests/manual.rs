//! The user's page of the language: every query in the first column of its tables runs, the second column of the
//! spellings table means the same, and its table of codes is the one of the program.

use sheaf_query::expr::Expr;
use sheaf_query::{CODES, Mode, Tree, read};

const PAGE: &str = include_str!("../../../docs/query-language.md");
const FIELDS: [&str; 14] = [
    "weather",
    "hour",
    "year",
    "city",
    "note",
    "frame",
    "captured",
    "traffic light",
    "path",
    "tags",
    "camera.model",
    "prediction.score",
    "prediction.label",
    "prediction.model",
];

/// The cells of the tables' rows, section by section.
fn rows() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let mut section = "";
    PAGE.lines().filter_map(move |line| {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = row.split(" | ").map(|cell| cell.replace("\\|", "|")).collect();
        (cells.first()? != "query" && cells.first()? != "code").then_some((section, cells))
    })
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[track_caller]
fn meaning(query: &str) -> Expr {
    let read = read(query, &FIELDS, 1_795_523_400_000, Mode::Strict);
    assert_eq!(read.diagnostics, vec![], "{query}");
    read.expr
}

#[test]
fn every_query_of_the_page_runs() {
    let mut n = 0;
    for (section, cells) in rows().filter(|(section, _)| *section != "When something is wrong") {
        let queries = quoted(&cells[0]);
        assert!(!queries.is_empty(), "{section}: {cells:?}");
        for query in &queries {
            meaning(query);
            n += 1;
        }
        if section == "If you come from elsewhere" {
            for (theirs, ours) in queries.iter().zip(quoted(&cells[1])) {
                assert_eq!(meaning(theirs), meaning(ours), "{theirs}");
            }
        }
    }
    assert!(n > 60, "{n} queries found");
}

#[test]
fn the_codes_of_the_page_are_the_programs() {
    let page: Vec<String> = rows()
        .filter(|(section, _)| *section == "When something is wrong")
        .map(|(_, cells)| cells.join(" | "))
        .collect();
    let program: Vec<String> = CODES.iter().map(|(code, meaning)| format!("`{code}` | {meaning}")).collect();
    assert_eq!(page, program);
}

#[test]
fn the_json_of_the_page_is_read() {
    let json =
        PAGE.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of JSON");
    let tree: Tree = serde_json::from_str(json).expect("the JSON form");
    assert_eq!(sheaf_query::print(&tree), "weather:(rain, snow) hour<6 -city:* (cone OR IMG_*)");
}
