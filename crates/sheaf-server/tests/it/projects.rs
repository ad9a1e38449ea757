//! Projects, their taxonomy and their people.

use serde_json::{Value, json};

use crate::harness::{World, taxonomy};

#[tokio::test]
async fn a_project_is_made_found_and_changed() {
    let world = World::seed().await;
    let body = json!({
        "name": " Flights ", "media": "text", "instructions": "# Read me",
        "attribution": { "title": "T", "source": "S", "licence": "CC0", "url": null },
        "taxonomy": { "labels": [{ "name": "person", "color": "#123456", "tools": ["span"], "attributes": [] }] } });
    let made = world.admin.post("/api/projects", &body).await.is(201);
    assert_eq!(made["name"], "Flights");
    assert_eq!(made["media"], "text");
    assert_eq!(made["taxonomy_version"], 1);
    assert_eq!(made["instructions"], "# Read me");
    assert_eq!(made["attribution"]["licence"], "CC0");
    assert_eq!(made["settings"], json!({ "lease_minutes": 15, "leases_max": 3, "skip_limit": 3 }));
    assert_eq!(made["counts"], json!({ "assets": 0, "batches": 0, "tasks": 0, "submitted": 0 }));
    let path = format!("/api/projects/{}", made["id"].as_str().unwrap());
    assert_eq!(world.admin.get(&path).await.is(200), made);
    world.admin.post("/api/projects", &json!({ "name": "Flights", "media": "image" })).await.is_error(409, "name_taken");

    let change = json!({ "name": "Trains", "settings": { "lease_minutes": 30 }, "archived": true });
    let changed = world.admin.patch(&path, &change).await.is(200);
    assert_eq!(changed["name"], "Trains");
    assert_eq!(changed["archived"], true);
    assert_eq!(changed["settings"], json!({ "lease_minutes": 30, "leases_max": 3, "skip_limit": 3 }));
    assert_eq!(changed["instructions"], "# Read me");
    world.admin.patch(&path, &json!({ "name": "Streets" })).await.is_error(409, "name_taken");
    world.admin.patch(&path, &json!({ "name": "Trains" })).await.is(200);
    let names: Vec<Value> = world.admin.get("/api/projects").await.is(200)["items"]
        .as_array().unwrap().iter().map(|project| project["name"].clone()).collect();
    assert_eq!(names, ["Mails", "Streets", "Trains"]);
    assert_eq!(world.manager.get("/api/projects").await.is(200)["total"], 1);
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    let world = World::seed().await;
    for (body, path) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(201) }), "name"),
        (json!({ "settings": { "lease_minutes": 0 } }), "settings.lease_minutes"),
        (json!({ "settings": { "leases_max": 11 } }), "settings.leases_max"),
        (json!({ "settings": { "skip_limit": -1 } }), "settings.skip_limit"),
        (json!({ "settings": { "unknown": 1 } }), "settings.unknown"),
        (json!({ "instructions": "x".repeat(200_001) }), "instructions"),
        (json!({ "media": "text" }), "media"),
        (json!({ "n_assets": 1 }), "n_assets"),
    ] {
        let error = world.manager.patch(&world.path(""), &body).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], path, "{error}");
    }
    let body = json!({ "name": "P", "media": "text", "taxonomy": { "labels": [{ "name": "a", "color": "red", "tools": ["box"] }] } });
    let error = world.admin.post("/api/projects", &body).await.is_error(422, "invalid");
    let problems = error["details"]["problems"].as_array().unwrap().clone();
    let paths: Vec<&str> = problems.iter().filter_map(|problem| problem["path"].as_str()).collect();
    assert_eq!(paths, ["taxonomy.labels[0].color", "taxonomy.labels[0].tools[0]"]);
}

#[tokio::test]
async fn a_taxonomy_has_versions_and_nobody_overwrites_another() {
    let world = World::seed().await;
    let path = world.path("/taxonomy");
    let first = world.annotator.get(&path).await.is(200);
    assert_eq!(first["version"], 1);
    assert_eq!(first["taxonomy"], taxonomy(0)["taxonomy"]);
    assert_eq!(first["created_by"]["name"], "The manager");

    let same = world.manager.put(&path, &taxonomy(1)).await.is(200);
    assert_eq!(same["version"], 1, "the same again is no new version");
    let mut body = taxonomy(1);
    body["taxonomy"]["labels"][0]["name"] = json!("lorry");
    assert_eq!(world.manager.put(&path, &body).await.is(200)["version"], 2);
    let error = world.admin.put(&path, &taxonomy(1)).await.is_error(409, "version_conflict");
    assert_eq!(error["details"]["version"], 2);
    assert_eq!(world.annotator.get(&path).await.is(200)["taxonomy"], body["taxonomy"]);
    assert_eq!(world.annotator.get(&format!("{path}?version=1")).await.is(200), first);
    world.annotator.get(&format!("{path}?version=3")).await.is_error(404, "not_found");
    assert_eq!(world.annotator.get(&world.path("")).await.is(200)["taxonomy_version"], 2);

    for (change, at) in [
        (json!({ "labels": [], "fields": [] }), ""),
        (json!({ "labels": [{ "name": "a", "color": "#123456", "tools": ["span"] }] }), "labels[0].tools[0]"),
        (json!({ "labels": [{ "name": "a", "color": "#123456", "tools": ["lasso"] }] }), "taxonomy.labels[0].tools[0]"),
        (json!({ "labels": [{ "name": "a", "colour": "#123456" }] }), "taxonomy.labels[0].colour"),
    ] {
        let body = json!({ "taxonomy": change, "base_version": 2 });
        let error = world.manager.put(&path, &body).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], at, "{error}");
    }
    let other = format!("/api/projects/{}/taxonomy", world.id("other_project"));
    let none = json!({ "version": 0, "taxonomy": null, "created_at": null, "created_by": null });
    assert_eq!(world.stranger.get(&other).await.is(200), none);
    assert_eq!(world.stranger.get(&format!("{other}?version=0")).await.is(200), none);
}

#[tokio::test]
async fn managers_change_the_people_of_their_project() {
    let world = World::seed().await;
    let members = world.manager.get(&world.path("/members")).await.is(200);
    assert_eq!(members["total"], 3);
    let first = &members["items"][0];
    assert_eq!(first["user"], json!({ "id": world.id("user"), "name": "The annotator", "email": "annotator@example.org" }));
    assert_eq!(first["roles"], json!(["annotator"]));

    let path = world.path(&format!("/members/{}", world.id("user")));
    let set = world.manager.put(&path, &json!({ "roles": ["manager", "annotator"] })).await.is(200);
    assert_eq!(set["roles"], json!(["manager", "annotator"]));
    world.annotator.get(&world.path("/members")).await.is(200);
    world.manager.put(&path, &json!({ "roles": [] })).await.is(200);
    world.annotator.get(&world.path("")).await.is_error(404, "not_found");
    assert_eq!(world.manager.get(&world.path("/members")).await.is(200)["total"], 2);
    // Who is not in it is invited; only an admin adds by id, so ids of others tell a manager nothing.
    world.manager.put(&path, &json!({ "roles": ["annotator"] })).await.is_error(404, "not_found");
    world.admin.put(&path, &json!({ "roles": ["annotator"] })).await.is(200);
    world.manager.put(&path, &json!({ "roles": ["owner"] })).await.is_error(422, "invalid");
    let nobody = world.path("/members/usr_0000000000000");
    world.admin.put(&nobody, &json!({ "roles": ["annotator"] })).await.is_error(404, "not_found");
}
