//! What is refused before a handler sees it.

pub(crate) mod host;
pub(crate) mod origin;
