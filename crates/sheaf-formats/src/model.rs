//! What all formats have in common: an asset, and what people and models said of it, as Sheaf's own answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sheaf_model::Response;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    LabelStudio,
    Coco,
    Yolo,
    Voc,
    GroundTruth,
    Cvat,
    Labelbox,
    /// A CSV of boxes: `image_path,xmin,ymin,xmax,ymax,label`, as deepforest and many scripts write.
    CsvBoxes,
}

impl Format {
    pub const ALL: [Self; 8] = [
        Self::LabelStudio,
        Self::Coco,
        Self::Yolo,
        Self::Voc,
        Self::GroundTruth,
        Self::Cvat,
        Self::Labelbox,
        Self::CsvBoxes,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LabelStudio => "label-studio",
            Self::Coco => "coco",
            Self::Yolo => "yolo",
            Self::Voc => "voc",
            Self::GroundTruth => "ground-truth",
            Self::Cvat => "cvat",
            Self::Labelbox => "labelbox",
            Self::CsvBoxes => "csv-boxes",
        }
    }
}

/// One piece of data with everything that was said of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Asset {
    /// A file relative to the folder of the images, or what the asset is called.
    pub name: String,
    /// Where it is, when it is not a file. Not always an address that a browser can open (`s3://...`).
    pub url: Option<String>,
    /// Its content, of a text.
    pub text: Option<String>,
    /// The other tool's own key.
    pub reference: Option<String>,
    /// Pixels of the image.
    pub size: Option<(u32, u32)>,
    pub metadata: Map<String, Value>,
    pub marks: Vec<Marks>,
}

impl Asset {
    /// Where a browser can open it.
    pub fn address(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| url.starts_with("http://") || url.starts_with("https://"))
    }

    /// What a person calls it: its name, else its key, else the beginning of its text.
    pub fn called(&self) -> String {
        const CHARS: usize = 80;
        let text = || self.text.as_ref().map(|text| text.chars().take(CHARS).collect());
        let name = Some(&self.name).filter(|name| !name.is_empty()).or(self.reference.as_ref());
        name.cloned().or_else(text).unwrap_or_default()
    }
}

/// What one person or one model said of an asset.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Marks {
    /// `label-studio: <model or annotator>`.
    pub source: String,
    /// A person's answer, not a prediction.
    pub human: bool,
    /// When it was said, as the file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How sure the source is. Of a format that says so for each object: of the least sure one.
    pub score: Option<f64>,
    pub response: Response,
}
