//! Jobs that go on beyond one transaction, and the node that is at each. A job writes only in transactions in which it is
//! still this node's, so a node that was cut off or stood still does no harm when it comes back. For as long as a thread
//! is at a job, its node says so every few seconds ([`crate::cluster`]); a job of which nobody has said so for a while may be taken by another one.

use std::collections::HashSet;

use sheaf_model::ProjectId;

use crate::args;
use crate::driver::Conn;
use crate::error::Result;
use crate::memory::Memory;
use crate::sql::Tx;

/// How long a node may be silent before its jobs are taken by others.
const SILENT_MAX_MS: i64 = 15_000;

/// The time by the database's clock, which is the same for all nodes, in milliseconds. One process has no need of it.
fn now(conn: &Conn) -> &'static str {
    if conn.is_shared() { "CAST(extract(epoch FROM now()) * 1000 AS BIGINT)" } else { "0" }
}

/// Says that this process lives and is at its jobs.
pub(crate) fn keep(conn: &Conn, memory: &Memory) -> Result<()> {
    let sql = format!(
        "UPDATE jobs SET until_ms = {} + {SILENT_MAX_MS} WHERE project_id = ?1 AND job_id = ?2 AND node = ?3",
        now(conn)
    );
    for (project, job) in memory.at_work() {
        conn.execute(&sql, args![project, job, memory.node])?;
    }
    Ok(())
}

/// Nobody is at any job: the one process that there can be has just begun.
pub(crate) fn forget_all(conn: &Conn) -> Result<()> {
    conn.execute("DELETE FROM jobs", &[])?;
    Ok(())
}

impl Tx<'_> {
    /// Makes a job this node's; `false` when another node is at it.
    pub fn take_job(&self, project: ProjectId, job: i64) -> Result<bool> {
        let now = now(self.conn);
        let n = self.exec(
            &format!(
                "INSERT INTO jobs (project_id, job_id, node, until_ms) VALUES (?1, ?2, ?3, {now} + {SILENT_MAX_MS})
                 ON CONFLICT (project_id, job_id) DO UPDATE SET node = excluded.node, until_ms = excluded.until_ms
                 WHERE jobs.node = excluded.node OR jobs.until_ms <= {now}"
            ),
            args![project, job, self.node],
        )?;
        Ok(n == 1)
    }

    /// Whether a job is this node's.
    pub fn holds_job(&self, project: ProjectId, job: i64) -> Result<bool> {
        let sql = "SELECT 1 FROM jobs WHERE project_id = ?1 AND job_id = ?2 AND node = ?3";
        Ok(self.one(sql, args![project, job, self.node], |_| Ok(()))?.is_some())
    }

    /// A job of this node is over.
    pub fn end_job(&self, project: ProjectId, job: i64) -> Result<()> {
        self.exec_later(
            "DELETE FROM jobs WHERE project_id = ?1 AND job_id = ?2 AND node = ?3",
            args![project, job, self.node],
        )
    }

    /// A job of this node is left to whoever takes it first.
    pub fn leave_job(&self, project: ProjectId, job: i64) -> Result<()> {
        self.exec_later(
            "UPDATE jobs SET until_ms = 0 WHERE project_id = ?1 AND job_id = ?2 AND node = ?3",
            args![project, job, self.node],
        )
    }

    /// The jobs of a project that a node is at.
    pub fn jobs_at_work(&self, project: ProjectId) -> Result<HashSet<i64>> {
        let sql = format!("SELECT job_id FROM jobs WHERE project_id = ?1 AND until_ms > {}", now(self.conn));
        Ok(self.all(&sql, args![project], |row| row.int(0))?.into_iter().collect())
    }

    /// Jobs that were begun and that nobody is at, of all projects.
    pub fn jobs_left(&self) -> Result<Vec<(ProjectId, i64)>> {
        let sql = format!(
            "SELECT project_id, job_id FROM jobs WHERE until_ms <= {} ORDER BY job_id",
            now(self.conn)
        );
        self.all(&sql, args![], |row| Ok((ProjectId(row.int(0)?), row.int(1)?)))
    }
}
