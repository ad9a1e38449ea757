//! Saved queries: whose they are, who sees them, what they may say.

use serde_json::{Value, json};

use crate::harness::{Client, World};

async fn names(client: &Client, world: &World) -> Vec<String> {
    let all = client.get(&world.path("/saved-queries")).await.is(200);
    let items = all["items"].as_array().unwrap();
    assert_eq!(all["total"], items.len());
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn at(world: &World, saved: &Value) -> String {
    world.path(&format!("/saved-queries/{}", saved["id"].as_str().unwrap()))
}

#[tokio::test]
async fn private_ones_are_their_owners_alone_and_shared_ones_everybodys() {
    let world = World::seed().await;
    let path = world.path("/saved-queries");
    let body = json!({ "name": " Large ", "query": " width>100 ", "sort": "-size" });
    let private = world.reviewer.post(&path, &body).await.is(201);
    assert!(private["id"].as_str().unwrap().starts_with("sq_"));
    assert_eq!((&private["name"], &private["query"]), (&json!("Large"), &json!("width>100")));
    assert_eq!((&private["sort"], &private["shared"]), (&json!("-size"), &json!(false)));
    assert_eq!((&private["mine"], &private["owner"]["name"]), (&json!(true), &json!("The reviewer")));

    assert_eq!(names(&world.reviewer, &world).await, ["All", "Large"]);
    assert_eq!(names(&world.manager, &world).await, ["All"]);
    for (method, body) in [("PATCH", json!({ "name": "x" })), ("DELETE", json!(null))] {
        world.manager.json(method, &at(&world, &private), &body).await.is_error(404, "not_found");
    }
    // Once it is shared, others see it, and a manager may change it; another reviewer could not.
    world.reviewer.patch(&at(&world, &private), &json!({ "shared": true })).await.is(200);
    assert_eq!(names(&world.manager, &world).await, ["All", "Large"]);
    let changed = json!({ "query": "width>200", "sort": null });
    let changed = world.manager.patch(&at(&world, &private), &changed).await.is(200);
    assert_eq!((&changed["query"], &changed["sort"]), (&json!("width>200"), &json!(null)));
    assert_eq!((&changed["mine"], &changed["owner"]["name"]), (&json!(false), &json!("The reviewer")));
    let all = world.path(&format!("/saved-queries/{}", world.id("saved_query")));
    world.reviewer.patch(&all, &json!({ "name": "x" })).await.is_error(403, "forbidden");
    world.reviewer.delete(&all).await.is_error(403, "forbidden");
    world.manager.delete(&at(&world, &private)).await.is(204);
    world.reviewer.delete(&at(&world, &private)).await.is_error(404, "not_found");
}

#[tokio::test]
async fn names_are_there_once() {
    let world = World::seed().await;
    let path = world.path("/saved-queries");
    let save = |name: &str, shared: bool| json!({ "name": name, "query": "width>1", "shared": shared });
    // `All` is the manager's, and shared.
    world.manager.post(&path, &save("All", false)).await.is_error(409, "name_taken");
    world.reviewer.post(&path, &save("All", true)).await.is_error(409, "name_taken");
    let own = world.reviewer.post(&path, &save("All", false)).await.is(201);
    world.reviewer.patch(&at(&world, &own), &json!({ "shared": true })).await.is_error(409, "name_taken");
    world.reviewer.patch(&at(&world, &own), &json!({ "shared": true, "name": "Mine" })).await.is(200);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_at_its_place() {
    let world = World::seed().await;
    let path = world.path("/saved-queries");
    let error = world
        .manager
        .post(&path, &json!({ "name": "x", "query": "width>1 wether:rain" }))
        .await
        .is_error(422, "bad_query");
    assert_eq!(error["span"], json!([8, 14]));
    assert_eq!(error["details"]["diagnostics"][0]["code"], "unknown_field");
    let bad_sort = json!({ "name": "x", "query": "", "sort": "nothing" });
    world.manager.post(&path, &bad_sort).await.is_error(422, "bad_sort");
    for name in [String::new(), " ".into(), "x".repeat(201), "a\nb".into()] {
        let error =
            world.manager.post(&path, &json!({ "name": name, "query": "" })).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], "name");
    }
    world.manager.post(&path, &json!({ "name": "x" })).await.is_error(422, "invalid");
    world.manager.post(&path, &json!({ "name": "x", "query": "", "x": 1 })).await.is_error(422, "invalid");
}
