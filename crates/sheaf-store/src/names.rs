//! Names for display, and the lists of names that queries are resolved against.

use std::collections::HashMap;

use sheaf_model::{ProjectId, UploadId, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::Tx;

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

impl Tx<'_> {
    pub fn person_name(&self, id: UserId) -> Result<Option<PersonName>> {
        self.one("SELECT name, email FROM users WHERE user_id = ?1", args![id], |row| {
            Ok(PersonName { id, name: row.text(0)?, email: row.text(1)? })
        })
    }

    /// Names of these people; each is looked up once.
    pub fn person_names(&self, ids: impl IntoIterator<Item = UserId>) -> Result<HashMap<UserId, PersonName>> {
        let mut out = HashMap::new();
        for id in ids {
            if let std::collections::hash_map::Entry::Vacant(entry) = out.entry(id)
                && let Some(name) = self.person_name(id)?
            {
                entry.insert(name);
            }
        }
        Ok(out)
    }

    /// Who gave an answer: a person, or somebody elsewhere, whose name and address are what came of them.
    pub fn author_name(&self, project: ProjectId, id: UserId) -> Result<Option<PersonName>> {
        if !id.is_elsewhere() {
            return self.person_name(id);
        }
        let name = self.person_elsewhere(project, id)?;
        Ok(name.map(|name| PersonName { id, email: name.clone(), name }))
    }

    /// Every upload of a project with its name.
    pub fn upload_names(&self, project: ProjectId) -> Result<Vec<(UploadId, String)>> {
        self.all(
            "SELECT upload_id, name FROM uploads WHERE project_id = ?1 ORDER BY upload_id",
            args![project],
            |row| Ok((UploadId(row.int(0)?), row.text(1)?)),
        )
    }

    pub fn upload_name(&self, project: ProjectId, upload: UploadId) -> Result<Option<String>> {
        self.one(
            "SELECT name FROM uploads WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
            |row| row.text(0),
        )
    }

    /// Who began an upload.
    pub fn upload_creator(&self, project: ProjectId, upload: UploadId) -> Result<Option<UserId>> {
        self.one(
            "SELECT created_by FROM uploads WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
            |row| Ok(UserId(row.int(0)?)),
        )
    }
}
