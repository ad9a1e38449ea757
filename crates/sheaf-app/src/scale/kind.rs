//! The types of tasks that the clients know, and which of them Sheaf's desk shows.

use sheaf_model::Media;

/// A type of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskKind(&'static str);

/// Every type of the clients.
const ALL: &[&str] = &[
    "annotation",
    "audiotranscription",
    "categorization",
    "chat",
    "chatexperimental",
    "chatlite",
    "comparison",
    "cuboidannotation",
    "datacollection",
    "documentmodel",
    "documenttranscription",
    "federal2dvideoannotation",
    "imageannotation",
    "laneannotation",
    "lidarannotation",
    "lidarlinking",
    "lidarsegmentation",
    "lidartopdown",
    "lineannotation",
    "multichat",
    "multistage",
    "namedentityrecognition",
    "pointannotation",
    "polygonannotation",
    "segmentannotation",
    "sensorfusion",
    "textcollection",
    "transcription",
    "videoannotation",
    "videoboxannotation",
    "videocuboidannotation",
    "videoplaybackannotation",
];

/// How the desk shows a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Desk {
    /// Shapes on an image.
    Shapes,
    /// One question.
    Category,
    /// Several questions.
    Fields,
    /// Spans of a text.
    Spans,
}

impl TaskKind {
    pub fn parse(text: &str) -> Option<Self> {
        ALL.iter().find(|name| **name == text).map(|name| Self(name))
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|name| Self(name))
    }

    /// How the desk shows it; none: it is answered over the API.
    pub(super) fn desk(self) -> Option<Desk> {
        match self.0 {
            "imageannotation" | "annotation" | "polygonannotation" => Some(Desk::Shapes),
            "categorization" => Some(Desk::Category),
            "textcollection" => Some(Desk::Fields),
            "namedentityrecognition" => Some(Desk::Spans),
            _ => None,
        }
    }

    /// The media of a project of this type with these parameters.
    pub(super) fn media(self, params: &super::params::Params) -> Media {
        match self.desk() {
            Some(Desk::Fields | Desk::Spans) => Media::Text,
            Some(Desk::Category) if params.text("attachment_type") == Some("text") => Media::Text,
            _ => Media::Image,
        }
    }
}
