//! What PostgreSQL knows of its tables' sizes and values. Its autovacuum looks once a minute; until then the plans of a young
//! table are made for one that is empty, and walk it by a wrong index. So a node has tables analysed that have doubled since
//! it was done last, which happens a few dozen times in a table's life; plans that are there are made anew after it.

use std::ops::ControlFlow;

use crate::driver::Conn;
use crate::error::Result;

/// Tables of this role's with more than twice the rows that the planner believes in, 100 at least. (On a coordinator of Citus the
/// tables are empty; it is its workers' autovacuum that looks after them.)
const GROWN: &str =
    "SELECT CAST(s.relname AS TEXT) FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
     WHERE s.schemaname = current_schema() AND s.n_live_tup > 2 * greatest(c.reltuples, 50)
       AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1";

/// Has the server count the tables that have grown. Those that something else holds are left for the next time.
pub(crate) fn of_grown(conn: &Conn) -> Result<()> {
    let mut grown = Vec::new();
    conn.query(GROWN, &[], &mut |row| {
        grown.push(row.text(0)?);
        Ok(ControlFlow::Continue(()))
    })?;
    // One by one, so that none is kept from anybody while another is counted.
    grown.iter().try_for_each(|table| conn.batch(&format!("ANALYZE (SKIP_LOCKED) \"{table}\"")))
}
