//! sheaf-app
