//! Groups: some of a project's people under a name.

use sheaf_model::{GroupId, Millis, ProjectId, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct GroupRow {
    pub project: ProjectId,
    pub id: GroupId,
    pub name: String,
    pub created: Millis,
    pub created_by: UserId,
}

const COLUMNS: &str = "project_id, group_id, name, created_ms, created_by";

fn group(row: &Row<'_>) -> Result<GroupRow> {
    Ok(GroupRow {
        project: ProjectId(row.int(0)?),
        id: GroupId(row.int(1)?),
        name: row.text(2)?,
        created: row.int(3)?,
        created_by: UserId(row.int(4)?),
    })
}

impl Tx<'_> {
    pub fn insert_group(&self, new: &GroupRow) -> Result<()> {
        self.exec_later(
            &format!("INSERT INTO person_groups ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"),
            args![new.project, new.id, &new.name, new.created, new.created_by],
        )?;
        Ok(())
    }

    pub fn rename_group(&self, project: ProjectId, id: GroupId, name: &str) -> Result<()> {
        self.exec_later(
            "UPDATE person_groups SET name = ?3 WHERE project_id = ?1 AND group_id = ?2",
            args![project, id, name],
        )?;
        Ok(())
    }

    /// Writes who is in a group.
    pub fn set_group_people(&self, project: ProjectId, id: GroupId, people: &[UserId]) -> Result<()> {
        self.exec_later(
            "DELETE FROM person_group_people WHERE project_id = ?1 AND group_id = ?2",
            args![project, id],
        )?;
        for person in people {
            self.exec_later(
                "INSERT INTO person_group_people (project_id, group_id, user_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                args![project, id, *person],
            )?;
        }
        Ok(())
    }

    /// Takes a person out of every group of a project.
    pub fn leave_groups(&self, project: ProjectId, person: UserId) -> Result<()> {
        self.exec_later(
            "DELETE FROM person_group_people WHERE project_id = ?1 AND user_id = ?2",
            args![project, person],
        )?;
        Ok(())
    }

    pub fn delete_group(&self, project: ProjectId, id: GroupId) -> Result<()> {
        self.set_group_people(project, id, &[])?;
        self.exec_later(
            "DELETE FROM person_groups WHERE project_id = ?1 AND group_id = ?2",
            args![project, id],
        )?;
        Ok(())
    }

    pub fn group(&self, project: ProjectId, id: GroupId) -> Result<Option<GroupRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM person_groups WHERE project_id = ?1 AND group_id = ?2"),
            args![project, id],
            group,
        )
    }

    /// The groups of a project, by name.
    pub fn groups(&self, project: ProjectId) -> Result<Vec<GroupRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM person_groups WHERE project_id = ?1 ORDER BY name, group_id"),
            args![project],
            group,
        )
    }

    /// Who is in which group of a project.
    pub fn group_people(&self, project: ProjectId) -> Result<Vec<(GroupId, UserId)>> {
        self.all(
            "SELECT group_id, user_id FROM person_group_people WHERE project_id = ?1
             ORDER BY group_id, user_id",
            args![project],
            |row| Ok((GroupId(row.int(0)?), UserId(row.int(1)?))),
        )
    }
}
