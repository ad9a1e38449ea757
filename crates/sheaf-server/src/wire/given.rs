//! Fields of a change: left out, `null`, or a value.

use serde::{Deserialize, Deserializer};

/// A field that is there, also as `null`.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}
