//! Recipes and changes of batches over the wire: their shapes, and bad input refused at its place with nothing made.

use serde_json::{Value, json};
use sheaf_model::{ProjectId, UploadId};
use sheaf_store::library::NewAsset;

use crate::harness::{Client, World};

/// 40 more assets with metadata; the seeded one has none.
async fn fill(world: &World) {
    let project: ProjectId = world.id("project").parse().unwrap();
    let assets: Vec<NewAsset> = (0..40)
        .map(|i| NewAsset {
            name: format!("{i}.png"),
            media_type: "image/png",
            fingerprint: i,
            metadata: format!(r#"{{"n":{i},"kind":"k{}","score":{}}}"#, i % 3, (i * 7) % 40),
            ..NewAsset::default()
        })
        .collect();
    let store = world.server.app.store();
    store.write(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).await.unwrap();
}

async fn make(world: &World, name: &str, recipe: Value) -> Value {
    let body = json!({ "name": name, "recipe": recipe });
    world.manager.post(&world.path("/batches"), &body).await.is(201)
}

fn at(world: &World, batch: &Value, rest: &str) -> String {
    world.path(&format!("/batches/{}{rest}", batch["id"].as_str().unwrap()))
}

#[tokio::test]
async fn a_quota_tells_how_it_came_out() {
    let world = World::seed().await;
    fill(&world).await;
    let quota = json!({ "quota": { "count": 20, "by": "kind", "seed": 5, "fill": true, "quotas": [
        { "value": "k0", "share": 3 }, { "value": "k1", "share": 1 }, { "value": null, "share": 1 }] } });
    let ask = json!({ "recipe": { "pick": quota }, "facets": ["score", "kind"] });
    let run = world.manager.post(&world.path("/select"), &ask).await.is(200);
    let fit = json!([
        { "value": "k0", "share": 0.6, "wanted": 12, "available": 14, "picked": 14 },
        { "value": "k1", "share": 0.2, "wanted": 4, "available": 13, "picked": 5 },
        { "value": null, "share": 0.2, "wanted": 4, "available": 1, "picked": 1 },
    ]);
    assert_eq!((&run["fit"], &run["picked"], &run["seed"]), (&fit, &json!(20), &json!(5)));
    let histogram = &run["histograms"][0];
    assert_eq!((&histogram["field"], &histogram["kind"]), (&json!("score"), &json!("number")));
    assert_eq!((histogram["min"].as_f64(), histogram["max"].as_f64()), (Some(0.0), Some(39.0)));
    let sum = |key: &str| -> u64 {
        histogram["buckets"].as_array().unwrap().iter().map(|bucket| bucket[key].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("pool"), sum("picked")), (40, 19));
    assert_eq!(run["histograms"].as_array().unwrap().len(), 1, "only of numbers and times");

    let batch = make(&world, "by quota", json!({ "pick": quota })).await;
    assert_eq!((&batch["recipe"]["fit"], &batch["recipe"]["seed"]), (&fit, &json!(5)));
    let read = world.manager.get(&at(&world, &batch, "")).await.is(200);
    assert_eq!(read["recipe"], batch["recipe"]);
    let diff = world.reviewer.get(&at(&world, &batch, "/diff")).await.is(200);
    assert_eq!((&diff["then"], &diff["now"], &diff["same"]), (&json!(20), &json!(20), &json!(20)));
}

#[tokio::test]
async fn a_batch_is_appended_to_cut_down_and_split() {
    let world = World::seed().await;
    fill(&world).await;
    let top = json!({ "top": { "count": 4, "by": "score" } });
    let batch = make(&world, "hard", json!({ "pick": top })).await;
    assert_eq!(batch["counts"]["members"], 4);
    assert_eq!(batch["recipe"]["pick"], json!({ "top": { "count": 4, "by": "score", "order": "desc" } }));
    let more = json!({ "recipe": { "query": "score>=34" } });
    let dry = json!({ "recipe": { "query": "score>=34" }, "dry_run": true });
    let answer = world.manager.post(&at(&world, &batch, "/append"), &dry).await.is(200);
    assert_eq!(
        (&answer["added"], &answer["already"], &answer["batch"]["revision"]),
        (&json!(2), &json!(4), &json!(1))
    );
    let answer = world.manager.post(&at(&world, &batch, "/append"), &more).await.is(200);
    assert_eq!((&answer["added"], &answer["batch"]["counts"]["members"]), (&json!(2), &json!(6)));
    let fewer = json!({ "recipe": { "query": "score:39" } });
    let answer = world.manager.post(&at(&world, &batch, "/remove"), &fewer).await.is(200);
    assert_eq!((&answer["removed"], &answer["batch"]["revision"]), (&json!(1), &json!(3)));
    let list = world.reviewer.get(&at(&world, &batch, "/revisions")).await.is(200);
    assert_eq!((&list["total"], &list["next_cursor"]), (&json!(3), &Value::Null));
    let told: Vec<Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["revision"], it["action"], it["n"]]))
        .collect();
    assert_eq!(told, [json!([3, "removed", 1]), json!([2, "appended", 2]), json!([1, "created", 4])]);
    assert_eq!(list["items"][2]["recipe_text"], "the 4 with the greatest `score` of the whole library");
    assert_eq!(list["items"][0]["by"]["name"], "The manager");

    let made = world.manager.post(&at(&world, &batch, "/split"), &json!({ "by": "kind" })).await.is(201);
    let names: Vec<&str> =
        made["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| name.starts_with("hard k")), "{names:?}");
    let part = &made["items"][0];
    assert_eq!(part["recipe"]["part"]["value"]["by"], "kind");
    let members: i64 =
        made["items"].as_array().unwrap().iter().map(|it| it["counts"]["members"].as_i64().unwrap()).sum();
    assert_eq!(members, 5);
    world.manager.get(&at(&world, &batch, "")).await.is_error(404, "not_found");
    let again = json!({ "name": "again", "at": "then" });
    let again = world.manager.post(&at(&world, part, "/rerun"), &again).await.is(201);
    assert_eq!(again["counts"]["members"], part["counts"]["members"]);
    // The launched one of the seed.
    let launched = json!({ "id": world.id("batch") });
    let answer = world.manager.post(&at(&world, &launched, "/append"), &more).await.is(200);
    assert_eq!((&answer["added"], &answer["batch"]["counts"]["pending"]), (&json!(6), &json!(6)));
    world
        .manager
        .post(&at(&world, &launched, "/split"), &json!({ "parts": 2 }))
        .await
        .is_error(409, "bad_state");
    world.manager.post(&at(&world, &launched, "/remove"), &fewer).await.is_error(409, "bad_state");
}

async fn refused(client: &Client, path: &str, body: &Value, at: &str) {
    let error = client.post(path, body).await;
    let error = error.is(422)["error"].clone();
    assert_eq!(error["details"]["problems"][0]["path"], at, "{body}: {error}");
}

#[tokio::test]
async fn bad_recipes_and_splits_are_refused_at_their_place() {
    let world = World::seed().await;
    fill(&world).await;
    let quota = |quotas: Value| json!({ "quota": { "count": 5, "by": "kind", "quotas": quotas } });
    let many: Vec<Value> = (0..1001).map(|n| json!({ "value": n, "share": 1 })).collect();
    for (pick, at) in [
        (json!({ "top": { "count": 0, "by": "score" } }), "recipe.pick.count"),
        (json!({ "top": { "count": 5, "by": "scor" } }), "recipe.pick.top.by"),
        (json!({ "quota": { "count": 5, "by": "kinds" } }), "recipe.pick.quota.by"),
        (quota(json!([{ "value": "k0", "share": 0 }])), "recipe.pick.quota.quotas[0].share"),
        (
            quota(json!([{ "value": "k0", "share": 1 }, { "value": "k0", "share": 1 }])),
            "recipe.pick.quota.quotas[1].value",
        ),
        (quota(json!([])), "recipe.pick.quota.quotas"),
        (quota(json!(many)), "recipe.pick.quota.quotas"),
    ] {
        let body = json!({ "recipe": { "pick": pick } });
        refused(&world.manager, &world.path("/select"), &body, at).await;
        let body = json!({ "name": "bad", "recipe": { "pick": pick } });
        refused(&world.manager, &world.path("/batches"), &body, at).await;
    }
    let part = json!({ "name": "bad", "recipe": { "part": { "equal": { "n": 3, "of": 2 } } } });
    refused(&world.manager, &world.path("/batches"), &part, "recipe.part.equal.n").await;
    let missing = json!({ "recipe": { "pick": { "top": { "count": 5, "by": "scor" } } } });
    let error = world.manager.post(&world.path("/select"), &missing).await.is_error(422, "unknown_field");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("`score`")), "{error}");
    // What JSON cannot say, or the shape does not have.
    for text in
        [r#"{"recipe":{"pick":{"quota":{"count":5,"by":"kind","quotas":[{"value":"a","share":NaN}]}}}}"#]
    {
        let answer =
            world.manager.send("POST", &world.path("/select"), "application/json", text.into()).await;
        answer.is_error(400, "bad_request");
    }
    let batch = make(&world, "whole", json!({})).await;
    for (body, at_path) in [
        (json!({}), "parts"),
        (json!({ "parts": 1 }), "parts"),
        (json!({ "parts": 2, "name": "same" }), "name"),
        (json!({ "by": "kinds" }), "by"),
        (json!({ "parts": 2, "name": "{what} {n}" }), "name"),
        (json!({ "parts": 2, "in": 2 }), "in"),
    ] {
        refused(&world.manager, &at(&world, &batch, "/split"), &body, at_path).await;
    }
    let list = world.manager.get(&world.path("/batches")).await.is(200);
    assert_eq!(list["total"], 2, "nothing half-made: {list}");
}
