//! Label Studio's JSON: one list, a task an asset, an annotation for each of its answers.

use std::io::Write;

use super::neutral::{Which, about, each, taxonomy};
use super::{Pieces, Spec, failed};
use crate::Result;
use crate::library::Look;

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let taxonomy = taxonomy(look)?;
    let mut before: &[u8] = b"[\n";
    each(look, spec, Which::All, |item, asset| {
        out.write_all(std::mem::replace(&mut before, b",\n")).map_err(failed)?;
        let task =
            sheaf_formats::label_studio::task(item.asset.ordinal, &asset, &taxonomy, about(look, item));
        serde_json::to_writer(&mut *out, &task).map_err(failed)
    })?;
    if before == b"[\n" {
        out.write_all(before).map_err(failed)?;
    }
    out.write_all(b"\n]\n").map_err(failed)
}
