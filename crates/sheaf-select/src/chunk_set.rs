//! chunk_set
