//! The library.

mod content;
mod facets;
mod fields;
mod get;
mod list;
mod patch;
mod range;
mod thumbnail;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_assets))
        .routes(routes!(get::get_asset, patch::patch_asset))
        .routes(routes!(content::get_content))
        .routes(routes!(thumbnail::get_thumbnail))
        .routes(routes!(fields::list_fields))
        .routes(routes!(facets::get_facets))
}
