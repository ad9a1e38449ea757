//! Projects, and the history of their parameters.

mod bring_tasks;
mod callback_key;
mod create;
mod get;
mod list;
mod set_ontology;
mod set_params;
mod template;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::scale_projects, create::scale_create_project))
        .routes(routes!(get::scale_project))
        .routes(routes!(set_params::scale_set_params))
        .routes(routes!(set_ontology::scale_set_ontology))
        .routes(routes!(template::scale_template))
        .routes(routes!(callback_key::scale_callback_key, callback_key::scale_renew_callback_key))
        .routes(routes!(bring_tasks::scale_bring_tasks))
}
