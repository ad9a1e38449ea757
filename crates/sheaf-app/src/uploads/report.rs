//! The report of an upload: what was refused, in words, for the screen and as CSV for a spreadsheet.

use sheaf_model::{ProjectId, UploadId};
use sheaf_store::upload_problems::{PROBLEMS_MAX, ProblemRow};

use crate::{Access, Actor, App, Error, Result};

pub type ReportLine = ProblemRow;

#[derive(Debug)]
pub struct ReportPage {
    pub items: Vec<ReportLine>,
    /// Goes into the next call as `after`.
    pub next: Option<i64>,
    /// Everything that was refused; the report holds the first 10,000.
    pub total: i64,
}

/// Lines of the report, after the line `after`.
pub async fn report(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    after: i64,
    limit: u32,
) -> Result<ReportPage> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let row = tx.upload(project, upload)?.ok_or(Error::not_found("upload"))?;
            let limit = limit.max(1);
            let mut items = tx.problems(project, upload, after, limit.saturating_add(1))?;
            let more = items.len() > limit as usize;
            items.truncate(limit as usize);
            let next = items.last().filter(|_| more).map(|line| line.seq);
            Ok(ReportPage { items, next, total: row.counts.refused })
        })
        .await
}

/// The whole report as CSV.
pub async fn report_csv(app: &App, actor: &Actor, project: ProjectId, upload: UploadId) -> Result<String> {
    let page = report(app, actor, project, upload, 0, PROBLEMS_MAX as u32).await?;
    let mut out = String::from("row,path,code,message,hint\r\n");
    for line in page.items {
        let row = line.row.map(|row| row.to_string()).unwrap_or_default();
        let cells = [
            row.as_str(),
            line.path.as_deref().unwrap_or(""),
            &line.code,
            &line.message,
            line.hint.as_deref().unwrap_or(""),
        ];
        for (i, cell) in cells.into_iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            push_cell(&mut out, cell);
        }
        out.push_str("\r\n");
    }
    Ok(out)
}

/// Writes a cell. What a spreadsheet would take for a formula begins with an apostrophe, so that it is only text.
fn push_cell(out: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || cell.contains([',', '"', '\n', '\r']);
    if !quoted {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_never_formulas_and_never_break_out() {
        for (cell, expected) in [
            ("a.png", "a.png"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@cmd", "\"'@cmd\""),
            ("-2", "\"'-2\""),
            ("a\nb", "\"a\nb\""),
            ("", ""),
        ] {
            let mut out = String::new();
            push_cell(&mut out, cell);
            assert_eq!(out, expected, "for {cell:?}");
        }
    }
}
