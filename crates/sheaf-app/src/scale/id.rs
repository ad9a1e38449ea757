//! Ids as Scale's clients see them: hexadecimal, and each with its project, so that it is found by key.

use sheaf_model::{AssetId, BatchId, ProjectId, TaskId};

/// 24 digits, as Scale's: the project and the task's number in it.
pub(super) fn task(project: ProjectId, number: u32) -> String {
    format!("{:016x}{number:08x}", project.0)
}

pub(super) fn read_task(text: &str) -> Option<(ProjectId, u32)> {
    if !is_hex(text, 24) {
        return None;
    }
    Some((ProjectId(i64::from_str_radix(&text[..16], 16).ok()?), u32::from_str_radix(&text[16..], 16).ok()?))
}

/// 40 digits: a task of a batch that was made in Sheaf has no number, and is named by its batch and asset.
pub(super) fn own_task(task: TaskId) -> String {
    format!("{}{:08x}", batch(task.project, task.batch), task.ordinal)
}

pub(super) fn read_own_task(text: &str) -> Option<TaskId> {
    if !is_hex(text, 40) {
        return None;
    }
    let (project, batch) = read_batch(&text[..32])?;
    Some(TaskId { project, batch, ordinal: u32::from_str_radix(&text[32..], 16).ok()? })
}

/// 32 digits: the project and the batch.
pub(super) fn batch(project: ProjectId, batch: BatchId) -> String {
    format!("{:016x}{:016x}", project.0, batch.0)
}

pub(super) fn read_batch(text: &str) -> Option<(ProjectId, BatchId)> {
    if !is_hex(text, 32) {
        return None;
    }
    let project = i64::from_str_radix(&text[..16], 16).ok()?;
    Some((ProjectId(project), BatchId(i64::from_str_radix(&text[16..], 16).ok()?)))
}

/// A file is an asset; its id looks like a UUID.
pub(super) fn file(asset: AssetId) -> String {
    let all = format!("{:016x}{:08x}{:08x}", asset.project.0, 0, asset.ordinal);
    format!("{}-{}-{}-{}-{}", &all[..8], &all[8..12], &all[12..16], &all[16..20], &all[20..])
}

pub(super) fn read_file(text: &str) -> Option<AssetId> {
    let dashes = text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| (b == b'-') == matches!(i, 8 | 13 | 18 | 23));
    let all: String = text.chars().filter(|c| *c != '-').collect();
    if !dashes || !is_hex(&all, 32) || all[16..24] != *"00000000" {
        return None;
    }
    let project = ProjectId(i64::from_str_radix(&all[..16], 16).ok()?);
    Some(AssetId { project, ordinal: u32::from_str_radix(&all[24..], 16).ok()? })
}

/// The address under which a file is an attachment: `scaledata://<project>/<file>`.
pub(super) fn address(asset: AssetId) -> String {
    format!("scaledata://{:016x}/{}", asset.project.0, file(asset))
}

pub(super) fn read_address(text: &str) -> Option<AssetId> {
    let (project, name) = text.strip_prefix("scaledata://")?.split_once('/')?;
    let asset = read_file(name)?;
    (project == format!("{:016x}", asset.project.0)).then_some(asset)
}

fn is_hex(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        let project = ProjectId(0x0123_4567_89ab_cdef);
        assert_eq!(task(project, 10), "0123456789abcdef0000000a");
        assert_eq!(read_task("0123456789abcdef0000000a"), Some((project, 10)));
        assert_eq!(read_batch(&batch(project, BatchId(7))), Some((project, BatchId(7))));
        let own = TaskId { project, batch: BatchId(7), ordinal: 9 };
        assert_eq!((read_own_task(&own_task(own)), read_task(&own_task(own))), (Some(own), None));
        let asset = AssetId { project, ordinal: 9 };
        assert_eq!(read_address(&address(asset)), Some(asset));
        for wrong in ["", "x", "0123456789abcdef0000000", "0123456789abcdef0000000g", "ééééééééàààà"]
        {
            assert_eq!(
                (read_task(wrong), read_batch(wrong), read_file(wrong)),
                (None, None, None),
                "{wrong}"
            );
        }
        assert_eq!(read_address("scaledata://a/b"), None);
    }
}
