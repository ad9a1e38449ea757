//! Arguments of a statement.

/// An argument of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Arg<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// An argument that outlives what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OwnedArg {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Arg<'_>> for OwnedArg {
    fn from(arg: &Arg<'_>) -> Self {
        match arg {
            Arg::Null => Self::Null,
            Arg::Int(value) => Self::Int(*value),
            Arg::Real(value) => Self::Real(*value),
            Arg::Text(value) => Self::Text((*value).to_owned()),
            Arg::Blob(value) => Self::Blob(value.to_vec()),
        }
    }
}

impl OwnedArg {
    pub(crate) fn as_arg(&self) -> Arg<'_> {
        match self {
            Self::Null => Arg::Null,
            Self::Int(value) => Arg::Int(*value),
            Self::Real(value) => Arg::Real(*value),
            Self::Text(value) => Arg::Text(value),
            Self::Blob(value) => Arg::Blob(value),
        }
    }
}

macro_rules! arg_from {
    ($($from:ty => $to:expr),+ $(,)?) => {
        $(impl<'a> From<$from> for Arg<'a> {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Arg<'a> = $to;
                make(value)
            }
        })+
    };
}

arg_from! {
    i64 => Arg::Int,
    i32 => |v| Arg::Int(i64::from(v)),
    u32 => |v| Arg::Int(i64::from(v)),
    u8 => |v| Arg::Int(i64::from(v)),
    bool => |v| Arg::Int(i64::from(v)),
    f64 => Arg::Real,
    &'a str => Arg::Text,
    &'a String => |v| Arg::Text(v),
    &'a [u8] => Arg::Blob,
    &'a Vec<u8> => |v| Arg::Blob(v),
    &'a [u8; 16] => |v| Arg::Blob(v),
    &'a [u8; 32] => |v| Arg::Blob(v),
    sheaf_model::ProjectId => |v| Arg::Int(v.0),
    sheaf_model::UserId => |v| Arg::Int(v.0),
    sheaf_model::UploadId => |v| Arg::Int(v.0),
    sheaf_model::BatchId => |v| Arg::Int(v.0),
    sheaf_model::MetadataUpdateId => |v| Arg::Int(v.0),
    sheaf_model::KeyId => |v| Arg::Int(v.0),
    sheaf_model::InvitationId => |v| Arg::Int(v.0),
    sheaf_model::SessionId => |v| Arg::Int(v.0),
    sheaf_model::SavedQueryId => |v| Arg::Int(v.0),
    sheaf_model::StandingBatchId => |v| Arg::Int(v.0),
    sheaf_model::GroupId => |v| Arg::Int(v.0),
    sheaf_model::WebhookId => |v| Arg::Int(v.0),
}

impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Arg::Null, Into::into)
    }
}

/// Arguments of a statement: `args![project, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Arg::from($value)),*] as &[$crate::sql::Arg<'_>] };
}
