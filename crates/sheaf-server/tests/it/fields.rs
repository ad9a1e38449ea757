//! The fields of a library: found by a part of their name, a bounded number of them.

use serde_json::json;

use crate::harness::World;

#[tokio::test]
async fn fields_are_found_by_a_part_of_their_name() {
    let world = World::seed().await;
    let (client, project) = (world.stranger.clone(), world.id("other_project"));
    let list = format!("/api/projects/{project}/uploads");
    let made = client.post(&list, &json!({ "name": "wide", "source": "api" })).await.is(201);
    let at = format!("{list}/{}", made["id"].as_str().unwrap());
    let names = (0..1_200).map(|n| format!("field_{n:04}")).collect::<Vec<_>>().join(",");
    let values = vec!["1"; 1_200].join(",");
    let csv = format!("text,my_field_0007,{names}\nhello,x,{values}\n");
    let address = format!("{at}/manifest?filename=wide.csv");
    client.send("PUT", &address, "application/octet-stream", csv.into()).await.is(200);
    client.post(&format!("{at}/manifest/commit"), &json!({})).await.is(202);
    while client.get(&at).await.is(200)["job"]["state"] == "running" {
        tokio::task::yield_now().await;
    }

    let fields = format!("/api/projects/{project}/fields");
    let all = client.get(&fields).await.is(200);
    let described = all["items"].as_array().unwrap();
    let metadata = described.iter().filter(|field| field["builtin"] == false).count();
    assert_eq!(metadata, 1_000);
    assert_eq!(all["total"].as_u64().unwrap(), (described.len() - 1_000 + 1_201) as u64);

    let found = client.get(&format!("{fields}?find=FIELD_0007")).await.is(200);
    let names: Vec<_> =
        found["items"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    // What begins with it comes first, although the other is before it in the alphabet's order.
    assert_eq!((names, &found["total"]), (vec![json!("field_0007"), json!("my_field_0007")], &json!(2)));

    let late = client.get(&format!("{fields}?find=field_11&limit=5")).await.is(200);
    assert_eq!((late["items"].as_array().unwrap().len(), &late["total"]), (5, &json!(100)));
    assert_eq!(late["items"][0]["name"], "field_1100");
    assert_eq!(client.get(&format!("{fields}?find=nothing")).await.is(200)["total"], 0);
    client.get(&format!("{fields}?limit=many")).await.is_error(422, "invalid");
}
