//! The JSON form of a tree, for programs that build queries.
