//! How people do on quality tasks.

use std::collections::BTreeMap;

use sheaf_model::{BatchKind, Millis, ProjectId, UserId};
use sheaf_store::names::PersonName;

use crate::{Access, Actor, App, Result};

/// A person's results; scores are means in millionths.
#[derive(Debug, Default)]
pub struct Accuracy {
    pub person: Option<PersonName>,
    pub gold: (i64, Option<i64>),
    pub training: (i64, Option<i64>),
    /// When they handed in the last quality task.
    pub last: Millis,
}

/// Everybody who did a quality task of the project. For managers.
pub async fn results(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<(UserId, Accuracy)>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut out: BTreeMap<UserId, Accuracy> = BTreeMap::new();
            for sum in tx.quality_sums(project)? {
                let one = out.entry(sum.person).or_default();
                let of = if sum.kind == BatchKind::Gold { &mut one.gold } else { &mut one.training };
                *of = (sum.n, (sum.n > 0).then(|| sum.sum / sum.n));
                one.last = one.last.max(sum.last);
            }
            for (person, one) in &mut out {
                one.person = tx.person_name(*person)?;
            }
            Ok(out.into_iter().collect())
        })
        .await
}
