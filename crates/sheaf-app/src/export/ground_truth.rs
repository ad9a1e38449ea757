//! SageMaker Ground Truth's output manifest: a line an asset, with its newest answer.

use std::io::Write;

use super::neutral::{Which, about, categories, each, taxonomy};
use super::{Pieces, Spec, failed, rfc3339};
use crate::Result;
use crate::library::Look;

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let (taxonomy, names) = (taxonomy(look)?, categories(look)?);
    each(look, spec, Which::Newest, |item, asset| {
        let at = rfc3339(item.answer.map_or(item.asset.uploaded, |answer| answer.at));
        let line = sheaf_formats::ground_truth_line(&asset, &taxonomy, &names, &at, about(look, item));
        serde_json::to_writer(&mut *out, &line).map_err(failed)?;
        out.write_all(b"\n").map_err(failed)
    })
}
