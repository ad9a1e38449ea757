//! A query read against a project's fields, without running it: for underlining, chips and the normal form.

use sheaf_model::ProjectId;
use sheaf_query::{Chip, Diagnostic, Mode};

use super::Look;
use crate::{Access, Actor, App, Result};

#[derive(Debug)]
pub struct ParsedQuery {
    pub text: String,
    pub normal: String,
    pub diagnostics: Vec<Diagnostic>,
    pub chips: Vec<Chip>,
}

pub async fn parse(app: &App, actor: &Actor, project: ProjectId, text: String) -> Result<ParsedQuery> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let read = Look::at(&inner, tx, project)?.read(&text, Mode::Strict)?;
            let normal = sheaf_query::print(&read.tree);
            Ok(ParsedQuery {
                normal,
                chips: sheaf_query::chips(&read.tree),
                diagnostics: read.diagnostics,
                text,
            })
        })
        .await
}
