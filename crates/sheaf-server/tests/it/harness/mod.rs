//! What every test here needs: a server in a folder of its own, callers, answers, and a seeded world.

mod answer;
mod client;
mod server;
mod world;

pub use answer::Answer;
pub use client::Client;
pub use server::TestServer;
pub use world::{World, admin, make_project, member, taxonomy};

/// Good enough for the rules, and the same for everybody.
pub const PASSWORD: &str = "a fleece as white as snow";
