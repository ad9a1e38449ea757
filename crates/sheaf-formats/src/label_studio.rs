//! Label Studio's JSON: tasks with `data`, `annotations` and `predictions`, read and written.
//!
//! Boxes, points and radii are percent of `original_width` and `original_height` of the result ("Units of image annotations" in
//! Label Studio's documentation); `rotation` turns clockwise around the upper left corner of a box and the centre of an ellipse.
//! Offsets of spans count code points, the end is exclusive. A result that shares its `id` with a shape is an attribute of that
//! shape (`perRegion`), others are answers about the whole asset, under their `from_name`.
//!
//! Left out are regions that are no boxes, polygons, ellipses or spans of plain texts, with what is said of them. So are those of
//! HTML (`hypertextlabels`): their places count what a browser shows, not the text that the asset is.

mod read;
mod results;
mod write;

pub(crate) use read::read;
pub use write::task;
