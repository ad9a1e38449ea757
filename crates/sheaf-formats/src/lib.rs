//! The formats of other tools: their files become assets with answers in Sheaf's own words, and back.
//!
//! A reader hands out one [`Asset`] after the other and says in the end what it left out and what the labels are. What was read can be
//! kept in a [`Spool`], its assets found among the files that there are ([`Paths`]), and its answers made into [`rows`] of pre-labels. Input is
//! hostile: sizes, depths and counts have limits, names that lead out of their folder are refused, XML has no entities, and an
//! error names the file, the place in it, what is wrong and what to do. What is well-formed but not of Sheaf's world (points,
//! lines, masks, video) is counted in the [`Report`], with the place of the first. Not here: databases, HTTP, clocks.

mod boxes;
pub mod coco;
mod cvat;
pub mod error;
pub mod fit;
pub mod folder;
mod geometry;
mod ground_truth;
mod json;
pub mod label_studio;
mod labelbox;
mod labels;
pub mod model;
pub mod paths;
mod read;
mod report;
mod rle;
pub mod rows;
mod spool;
mod unpack;
mod voc;
mod xml;
mod yaml;
mod yolo;

pub use error::{Error, Failure, Result};
pub use ground_truth::write as ground_truth_line;
pub use model::{Asset, Format, Marks};
pub use paths::Paths;
pub use read::{Options, Outcome, read};
pub use report::Report;
pub use spool::Spool;
pub use unpack::{is_other, unpack};
pub use voc::write as voc_file;
pub use yolo::{data_yaml as yolo_data, write as yolo_file};
