//! The data of a test, opened by the test itself.

use std::sync::Arc;

use sheaf_app::{App, Config, SystemClock};
use sheaf_testing::Home;

/// Opens an instance.
pub fn open(home: &Home) -> App {
    let config = Config::new(home.path()).on(home.database());
    App::open(config, Arc::new(SystemClock::default())).unwrap()
}
