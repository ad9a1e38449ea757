//! Names of the indexed fields: the built-in ones with their reserved small ids, and metadata fields.

use std::fmt;

use sheaf_query::expr::Field;

/// A field that every asset may have, independent of its metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Builtin {
    Name = 1,
    Ref = 2,
    /// The upload's database id, as a number; names are resolved by [`crate::Source::uploads`].
    Upload = 3,
    Uploaded = 4,
    Type = 5,
    Size = 6,
    Width = 7,
    Height = 8,
    /// In seconds.
    Duration = 9,
}

impl Builtin {
    pub const ALL: [Builtin; 9] = [
        Builtin::Name,
        Builtin::Ref,
        Builtin::Upload,
        Builtin::Uploaded,
        Builtin::Type,
        Builtin::Size,
        Builtin::Width,
        Builtin::Height,
        Builtin::Duration,
    ];

    /// The reserved field id under which the store keeps this field's blocks: 1 to 9.
    pub fn id(self) -> u8 {
        self as u8
    }

    pub fn from_id(id: u8) -> Option<Builtin> {
        Builtin::ALL.into_iter().find(|b| b.id() == id)
    }

    /// The name in the query language.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::Name => "name",
            Builtin::Ref => "ref",
            Builtin::Upload => "upload",
            Builtin::Uploaded => "uploaded",
            Builtin::Type => "type",
            Builtin::Size => "size",
            Builtin::Width => "width",
            Builtin::Height => "height",
            Builtin::Duration => "duration",
        }
    }
}

/// What a column of blocks is about. The store gives each key a small id: [`Builtin::id`] for the built-in ones and
/// anything from [`FieldKey::FIRST_META_ID`] on for metadata fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldKey {
    Builtin(Builtin),
    /// Flattened name, `camera.model`.
    Meta(String),
}

impl FieldKey {
    /// The smallest field id that a store may give to a metadata field.
    pub const FIRST_META_ID: u32 = 16;

    pub fn meta(name: impl Into<String>) -> FieldKey {
        FieldKey::Meta(name.into())
    }

    /// The key behind a query's field when it is one block column; none for the fields of labelling, ids and `NameOrRef`.
    pub fn of(field: &Field) -> Option<FieldKey> {
        Some(match field {
            Field::Meta(name) => FieldKey::Meta(name.clone()),
            Field::Ref => FieldKey::Builtin(Builtin::Ref),
            Field::Name => FieldKey::Builtin(Builtin::Name),
            Field::Upload => FieldKey::Builtin(Builtin::Upload),
            Field::Uploaded => FieldKey::Builtin(Builtin::Uploaded),
            Field::Type => FieldKey::Builtin(Builtin::Type),
            Field::Size => FieldKey::Builtin(Builtin::Size),
            Field::Width => FieldKey::Builtin(Builtin::Width),
            Field::Height => FieldKey::Builtin(Builtin::Height),
            Field::Duration => FieldKey::Builtin(Builtin::Duration),
            _ => return None,
        })
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldKey::Builtin(b) => f.write_str(b.name()),
            FieldKey::Meta(name) => f.write_str(name),
        }
    }
}
