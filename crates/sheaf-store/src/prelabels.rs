//! Pre-labels: what a model or tool says of an asset, one for each source; and how many there are of a source.

use roaring::RoaringBitmap;
use sheaf_model::{Millis, Ordinal, ProjectId, UserId};

use crate::ahead::Ask;
use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone, PartialEq)]
pub struct PrelabelRow {
    pub ordinal: Ordinal,
    pub source: String,
    pub score: Option<f64>,
    /// That it was checked against.
    pub taxonomy_version: i64,
    /// JSON of a response.
    pub response: String,
    pub created: Millis,
    pub created_by: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    pub source: String,
    /// Assets that it says something of.
    pub n: i64,
    /// When the last of it was written.
    pub written: Millis,
}

const COLUMNS: &str = "ordinal, source, score, taxonomy_version, response, created_ms, created_by";

fn prelabel(row: &Row<'_>) -> Result<PrelabelRow> {
    Ok(PrelabelRow {
        ordinal: row.u32(0)?,
        source: row.text(1)?,
        score: row.opt_real(2)?,
        taxonomy_version: row.int(3)?,
        response: row.text(4)?,
        created: row.int(5)?,
        created_by: UserId(row.int(6)?),
    })
}

pub(crate) fn one_sql() -> String {
    format!("SELECT {COLUMNS} FROM prelabels WHERE project_id = ?1 AND source = ?2 AND ordinal = ?3")
}

impl Tx<'_> {
    /// What a source says of an asset.
    pub fn prelabel(
        &self,
        project: ProjectId,
        source: &str,
        ordinal: Ordinal,
    ) -> Result<Option<PrelabelRow>> {
        let ask = Ask::Prelabel(project, source.to_owned(), ordinal);
        Ok(self.asked(&ask, prelabel)?.into_iter().next())
    }

    /// Of these sources and assets what there is, in their order.
    pub fn prelabels(&self, project: ProjectId, keys: &[(&str, Ordinal)]) -> Result<Vec<PrelabelRow>> {
        let keys: Vec<_> = keys.iter().map(|(source, it)| args![project, *source, *it].to_vec()).collect();
        self.many(&one_sql(), &keys, prelabel)
    }

    /// What a source says of the assets `from..until`, by asset.
    pub fn prelabels_between(
        &self,
        project: ProjectId,
        source: &str,
        from: Ordinal,
        until: Ordinal,
    ) -> Result<Vec<PrelabelRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM prelabels
                 WHERE project_id = ?1 AND source = ?2 AND ordinal >= ?3 AND ordinal < ?4 ORDER BY ordinal"
            ),
            args![project, source, from, until],
            prelabel,
        )
    }

    /// Assets of which a source says something.
    pub fn prelabelled_by(&self, project: ProjectId, source: &str) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM prelabels INDEXED BY prelabels_score WHERE project_id = ?1 AND source = ?2",
            args![project, source],
        )
    }

    /// Calls `visit` with asset and score of what a source says with a score in a closed range.
    pub fn each_prelabel_score(
        &self,
        project: ProjectId,
        source: &str,
        (from, to): (f64, f64),
        mut visit: impl FnMut(Ordinal, f64),
    ) -> Result<()> {
        self.each(
            "SELECT ordinal, score FROM prelabels INDEXED BY prelabels_score
             WHERE project_id = ?1 AND source = ?2 AND score >= ?3 AND score <= ?4",
            args![project, source, from, to],
            |row| {
                if let Some(score) = row.opt_real(1)? {
                    visit(row.u32(0)?, score);
                }
                Ok(())
            },
        )
    }

    /// The sources of a project, by name.
    pub fn prelabel_sources(&self, project: ProjectId) -> Result<Vec<SourceRow>> {
        self.all(
            "SELECT source, n, written_ms FROM prelabel_sources WHERE project_id = ?1 ORDER BY source",
            args![project],
            |row| Ok(SourceRow { source: row.text(0)?, n: row.int(1)?, written: row.int(2)? }),
        )
    }

    /// The first source after a name of which there are pre-labels, whatever is counted.
    pub fn prelabel_source_after(&self, project: ProjectId, after: Option<&str>) -> Result<Option<String>> {
        let (than, after) = if after.is_some() { (">", after) } else { (">=", Some("")) };
        self.one(
            &format!(
                "SELECT source FROM prelabels WHERE project_id = ?1 AND source {than} ?2 ORDER BY source LIMIT 1"
            ),
            args![project, after],
            |row| row.text(0),
        )
    }

    /// How many assets of `from..until` a source says something of, by its rows.
    pub fn prelabel_rows(&self, project: ProjectId, source: &str, from: i64, until: i64) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM prelabels
             WHERE project_id = ?1 AND source = ?2 AND ordinal >= ?3 AND ordinal < ?4",
            args![project, source, from, until],
        )
    }

    /// Writes pre-labels, each in the place of the one that its source had for the asset. They are counted apart.
    pub fn put_prelabels(&self, project: ProjectId, rows: &[PrelabelRow]) -> Result<()> {
        for row in rows {
            self.ahead.forget(&Ask::Prelabel(project, row.source.clone(), row.ordinal));
            self.gather(
                "INSERT INTO prelabels (project_id, source, ordinal, score, taxonomy_version, response, created_ms, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (project_id, source, ordinal)
                 DO UPDATE SET score = excluded.score, taxonomy_version = excluded.taxonomy_version,
                               response = excluded.response, created_ms = excluded.created_ms,
                               created_by = excluded.created_by",
                (project, &row.source, row.ordinal),
                args![
                    project,
                    &row.source,
                    row.ordinal,
                    row.score,
                    row.taxonomy_version,
                    &row.response,
                    row.created,
                    row.created_by,
                ],
            )?;
        }
        Ok(())
    }

    /// Counts pre-labels that were added to a source, or written over.
    pub fn count_prelabels(&self, project: ProjectId, source: &str, added: i64, now: Millis) -> Result<()> {
        self.exec_later(
            "INSERT INTO prelabel_sources (project_id, source, n, written_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (project_id, source)
             DO UPDATE SET n = prelabel_sources.n + excluded.n, written_ms = excluded.written_ms",
            args![project, source, added, now],
        )
    }

    /// Removes the first `max` pre-labels of a source; how many that were. With the last of them the source goes.
    pub fn delete_prelabels(&self, project: ProjectId, source: &str, max: u32) -> Result<u64> {
        let ordinals = self.all(
            "SELECT ordinal FROM prelabels WHERE project_id = ?1 AND source = ?2 ORDER BY ordinal LIMIT ?3",
            args![project, source, max],
            |row| row.u32(0),
        )?;
        if let Some(last) = ordinals.last() {
            self.exec_later(
                "DELETE FROM prelabels WHERE project_id = ?1 AND source = ?2 AND ordinal <= ?3",
                args![project, source, *last],
            )?;
        }
        let n = ordinals.len() as u64;
        if n < u64::from(max) {
            self.exec_later(
                "DELETE FROM prelabel_sources WHERE project_id = ?1 AND source = ?2",
                args![project, source],
            )?;
        } else {
            self.exec_later(
                "UPDATE prelabel_sources SET n = n - ?3 WHERE project_id = ?1 AND source = ?2",
                args![project, source, n as i64],
            )?;
        }
        Ok(n)
    }
}
