//! Fields' small ids, and the blocks under them.

use std::collections::HashMap;

use sheaf_model::ProjectId;
use sheaf_select::{Builtin, FieldKey};

use crate::args;
use crate::error::Result;
use crate::sql::Tx;

impl Tx<'_> {
    /// Metadata fields that have a block somewhere, by name. (Fields of the tail are in the snapshot.)
    pub fn indexed_fields(&self, project: ProjectId) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT field_id, name FROM fields WHERE project_id = ?1 ORDER BY field_id",
            args![project],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }

    pub fn field_id(&self, project: ProjectId, key: &FieldKey) -> Result<Option<i64>> {
        match key {
            FieldKey::Builtin(builtin) => Ok(Some(i64::from(builtin.id()))),
            FieldKey::Meta(name) => self.one(
                "SELECT field_id FROM fields WHERE project_id = ?1 AND name = ?2",
                args![project, name],
                |row| row.int(0),
            ),
        }
    }

    /// Ids of these fields, made where they are missing.
    pub(crate) fn ensure_fields<'k>(
        &self,
        project: ProjectId,
        keys: impl IntoIterator<Item = &'k FieldKey>,
    ) -> Result<HashMap<FieldKey, i64>> {
        let mut out = HashMap::new();
        let mut next: Option<i64> = None;
        for key in keys {
            let id = match self.field_id(project, key)? {
                Some(id) => id,
                None => {
                    let id = match next {
                        Some(id) => id,
                        None => self.int(
                            "SELECT coalesce(max(field_id) + 1, ?2) FROM fields WHERE project_id = ?1",
                            args![project, FieldKey::FIRST_META_ID],
                        )?,
                    };
                    let name = key.to_string();
                    self.exec_later(
                        "INSERT INTO fields (project_id, field_id, name) VALUES (?1, ?2, ?3)",
                        args![project, id, &name],
                    )?;
                    next = Some(id + 1);
                    id
                }
            };
            out.insert(key.clone(), id);
        }
        Ok(out)
    }

    /// Blocks of a field in these chunks; chunks without one are left out.
    pub fn blocks(&self, project: ProjectId, key: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>> {
        let (Some(field), Some(first), Some(last)) =
            (self.field_id(project, key)?, chunks.first(), chunks.last())
        else {
            return Ok(Vec::new());
        };
        let dense = (last - first) as usize + 1 == chunks.len();
        if dense {
            return self.all(
                "SELECT chunk, data FROM blocks
                 WHERE project_id = ?1 AND field_id = ?2 AND chunk BETWEEN ?3 AND ?4 ORDER BY chunk",
                args![project, field, *first, *last],
                |row| Ok((row.u32(0)?, row.blob(1)?)),
            );
        }
        let mut out = Vec::new();
        for chunk in chunks {
            if let Some(data) = self.block(project, field, *chunk)? {
                out.push((*chunk, data));
            }
        }
        Ok(out)
    }

    pub(crate) fn block(&self, project: ProjectId, field: i64, chunk: u32) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT data FROM blocks WHERE project_id = ?1 AND field_id = ?2 AND chunk = ?3",
            args![project, field, chunk],
            |row| row.blob(0),
        )
    }

    pub(crate) fn put_block(
        &self,
        project: ProjectId,
        field: i64,
        chunk: u32,
        data: Option<&[u8]>,
    ) -> Result<()> {
        match data {
            Some(data) => self.exec(
                "INSERT INTO blocks (project_id, field_id, chunk, data) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (project_id, field_id, chunk) DO UPDATE SET data = excluded.data",
                args![project, field, chunk, data],
            )?,
            None => self.exec(
                "DELETE FROM blocks WHERE project_id = ?1 AND field_id = ?2 AND chunk = ?3",
                args![project, field, chunk],
            )?,
        };
        Ok(())
    }

    /// Key of a stored field id.
    pub fn field_key(id: i64, name: String) -> FieldKey {
        u8::try_from(id).ok().and_then(Builtin::from_id).map_or(FieldKey::Meta(name), FieldKey::Builtin)
    }
}
