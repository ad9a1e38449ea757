//! Facts about the instance as a whole: names and values.

use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;

use crate::args;
use crate::driver::Conn;
use crate::error::Result;
use crate::sql::Tx;

/// A name of the instance that no other one has, for what lies outside of its database. Given at the first call, whichever
/// node makes it.
pub(crate) fn name(conn: &Conn) -> Result<String> {
    let random = RandomState::new();
    let mut name = format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1));
    conn.execute(
        "INSERT INTO instance (name, value) VALUES ('name', ?1) ON CONFLICT (name) DO NOTHING",
        args![&name],
    )?;
    conn.query("SELECT value FROM instance WHERE name = 'name'", &[], &mut |row| {
        name = row.text(0)?;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(name)
}

impl Tx<'_> {
    pub fn instance_value(&self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM instance WHERE name = ?1", args![name], |row| row.text(0))
    }

    /// Sets a value; `None` removes it.
    pub fn set_instance_value(&self, name: &str, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.exec(
                "INSERT INTO instance (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                args![name, value],
            )?,
            None => self.exec("DELETE FROM instance WHERE name = ?1", args![name])?,
        };
        Ok(())
    }
}
