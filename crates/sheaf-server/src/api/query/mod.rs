//! The query language at work: reading and completing a query without running it.

mod complete;
mod parse;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(parse::parse_query)).routes(routes!(complete::complete_query))
}
