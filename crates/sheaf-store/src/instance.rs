//! Facts about the instance as a whole: names and values.

use crate::args;
use crate::error::Result;
use crate::sql::Tx;

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
