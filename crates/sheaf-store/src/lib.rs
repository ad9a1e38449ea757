//! sheaf-store
