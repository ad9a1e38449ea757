//! Being one of several nodes on one PostgreSQL: a thread that looks every so often at what the others changed, so that what
//! is watched here moves although it was changed there, and that says that this one lives; and one that sees to it that the
//! server knows how large its tables are. They need no session, so they work through poolers, too.

use std::sync::Arc;
use std::time::Duration;

use crate::driver::{Conn, Database, Purpose};
use crate::error::Result;
use crate::every::Every;
use crate::memory::Memory;
use crate::{jobs, migrate, statistics};

/// How often is looked; the most that a browser on another node is behind.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After how many looks it says that this node lives, and asks what time it is.
const KEEP_EVERY: u32 = 25;
/// How often is looked for tables that have grown.
const GROWN_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Cluster {
    _threads: [Every; 2],
}

impl Cluster {
    pub(crate) fn start(database: Database, memory: Arc<Memory>) -> Result<Self> {
        let (mut looks, mut outdated) = (0_u32, false);
        let look = on_connection(
            "cannot see what other nodes do",
            database.clone(),
            &memory,
            move |conn, memory| {
                looks = looks.wrapping_add(1);
                if let Some((schema, seen)) = conn.numbers()? {
                    // Also of a newer schema: what is remembered here has to end when it ends there.
                    memory.catch_up(&seen);
                    let (known, was_outdated) = (migrate::known(), outdated);
                    outdated = schema != known;
                    if outdated && !was_outdated {
                        tracing::warn!(
                            found = schema,
                            known,
                            "a newer Sheaf has migrated the database: this node only reads; replace it by the newer one"
                        );
                    }
                }
                if looks.is_multiple_of(KEEP_EVERY) {
                    memory.clock.ask(conn)?;
                    // The jobs of one that may not write are for others to take.
                    if !outdated {
                        jobs::keep(conn, memory)?;
                    }
                }
                Ok(())
            },
        );
        let count = on_connection("cannot have tables analysed", database, &memory, |conn, _| {
            statistics::of_grown(conn)
        });
        Ok(Self {
            _threads: [
                Every::start("sheaf-cluster", LOOK_EVERY, look)?,
                Every::start("sheaf-statistics", GROWN_EVERY, count)?,
            ],
        })
    }
}

/// Does it on a connection of its own, which is made anew when it was lost.
fn on_connection(
    trouble: &'static str,
    database: Database,
    memory: &Arc<Memory>,
    mut what: impl FnMut(&Conn, &Memory) -> Result<()> + Send + 'static,
) -> impl FnMut() + Send + 'static {
    let (memory, mut conn) = (memory.clone(), None);
    move || {
        let done = match &conn {
            Some(conn) => what(conn, &memory),
            None => memory.connect(&database, Purpose::Read).and_then(|new| what(conn.insert(new), &memory)),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "{trouble}");
            if conn.take().is_some() {
                memory.meters.lost();
            }
        }
    }
}
