//! Webhooks.

mod act;
mod change;
mod create;
mod delete;
mod deliveries;
mod get;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_webhooks, create::create_webhook))
        .routes(routes!(get::get_webhook, change::change_webhook, delete::delete_webhook))
        .routes(routes!(act::rotate_webhook_secret))
        .routes(routes!(act::test_webhook))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(act::redeliver))
}
