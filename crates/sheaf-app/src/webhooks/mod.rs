//! Webhooks: an address that is told what happens in a project.
//!
//! What happens is put into the outbox in the very transaction that makes it happen ([`outbox::put`]), so it is told at
//! least once, and never when it was rolled back. Delivering is the server's: [`deliver::look`] says what is due,
//! [`deliver::take`] locks and signs it, [`deliver::settle`] writes down what came of it. Nothing here speaks HTTP.

mod act;
mod backlog;
mod create;
pub mod deliver;
mod edit;
pub mod outbox;
mod secret;
mod sweep;
mod view;

pub use act::{redeliver, rotate, test};
pub use backlog::{Backlog, backlog};
pub use create::{NewWebhook, create};
pub use edit::{WebhookEdit, delete, edit};
pub use secret::{Secret, sign};
pub use sweep::sweep;
pub use view::{DeliveryView, WAITING_MAX, WebhookView, deliveries, get, list};

use sheaf_model::{ProjectId, WebhookId, WebhookUrl};
use sheaf_store::Tx;
use sheaf_store::webhooks::WebhookRow;

use crate::{Error, Result};

fn found(tx: &Tx<'_>, project: ProjectId, id: WebhookId) -> Result<WebhookRow> {
    tx.webhook(project, id)?.ok_or(Error::not_found("webhook"))
}

/// Scheme, host and port of a stored URL. The rest is often a secret: it does not go into logs.
fn origin(url: &str) -> String {
    WebhookUrl::parse(url).map_or_else(|_| String::new(), |url| url.origin().to_owned())
}
