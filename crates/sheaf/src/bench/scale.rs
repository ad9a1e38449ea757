//! Scale's API: tasks made one by one over several connections, as its clients make them; and pages of a list that has very many,
//! which were written through the store.

use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};
use sheaf_app::scale::{self, Client as Caller};
use sheaf_model::{BatchId, ProjectId};
use sheaf_store::scale::{NewTask, Stage};

use super::server::Server;
use super::world::World;
use super::{Report, Size, median_ms, ms};
use crate::client::Client;

/// Tasks that are made one by one.
const ONE_BY_ONE: usize = 10_000;
const CONNECTIONS: usize = 8;
/// Tasks that are written at once.
const AT_ONCE: u32 = 5_000;
/// Times that each page is asked for.
const TIMES: usize = 21;

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let caller = Caller { actor: world.admin.clone(), test: false };
    let many = prepare(&world, &caller, "many", "videoannotation", json!({})).await?;
    let fields = json!({ "fields": [{ "field_id": "ok", "type": "category", "choices": [{ "label": "Yes", "value": "yes" }] }] });
    prepare(&world, &caller, "one", "textcollection", fields).await?;
    let mut report = Report::new("scale", size.assets);
    let started = Instant::now();
    fill(&world, many, size.assets)?;
    report.add("the list is written", started.elapsed().as_secs_f64(), "s", None);
    let middle = token(&world, many.0, size.assets / 2)?;
    let last = token(&world, many.0, 101)?;
    let dir = world.app.config().dir.clone();
    let _folder = world.close();
    tokio::task::block_in_place(|| {
        let (_server, client, _) = Server::start(&dir, size.database.as_deref())?;
        pages(&mut report, &client, &middle, &last)?;
        one_by_one(&mut report, &client)
    })?;
    Ok(report)
}

/// A project and a batch of its name, launched at once.
async fn prepare(
    world: &World,
    caller: &Caller,
    name: &str,
    kind: &str,
    params: Value,
) -> anyhow::Result<(ProjectId, BatchId)> {
    let new = json!({ "name": name, "type": kind, "params": params });
    let project = scale::projects::create(&world.app, caller, new).await?;
    let project: ProjectId = project["id"].as_str().unwrap_or_default().parse()?;
    let new = json!({ "project": name, "name": name });
    let batch = scale::batches::create(&world.app, caller, scale::batches::Version::V1, new).await?;
    let id = batch["id"].as_str().and_then(|text| text.get(16..)).context("a batch has no id")?;
    Ok((project, BatchId(i64::from_str_radix(id, 16)?)))
}

/// Tasks that the desk does not show, every fourth completed.
fn fill(world: &World, (project, batch): (ProjectId, BatchId), n: u32) -> anyhow::Result<()> {
    for from in (0..n).step_by(AT_ONCE as usize) {
        let now = world.app.now();
        world.app.store().write_blocking_in(project, move |tx| {
            for i in from..n.min(from + AT_ONCE) {
                tx.insert_client_task(&NewTask {
                    project,
                    batch,
                    kind: "videoannotation".to_owned(),
                    stage: Stage::Apart,
                    unique_id: Some(format!("many-{i}")),
                    params: format!(r#"{{"attachment":"https://example.org/{i}.mp4"}}"#),
                    metadata: format!(r#"{{"n":{i}}}"#),
                    tags: if i % 1_000 == 0 { vec!["rare".to_owned()] } else { Vec::new() },
                    callback: None,
                    priority: None,
                    is_test: false,
                    params_version: Some(0),
                    response: (i % 4 == 0).then(|| r#"{"annotations":{}}"#.to_owned()),
                    now,
                })?;
            }
            Ok::<_, sheaf_app::Error>(())
        })?;
    }
    Ok(())
}

/// Where the page begins that follows the task of this number.
fn token(world: &World, project: ProjectId, number: u32) -> anyhow::Result<String> {
    let row = world.app.store().read_blocking(|tx| tx.client_task(project, number))?;
    let row = row.context("a task is not there")?;
    Ok(format!("{:016x}{number:08x}.{}", project.0, row.created))
}

fn pages(report: &mut Report, client: &Client, middle: &str, last: &str) -> anyhow::Result<()> {
    let of = "/v1/tasks?project=many&limit=100";
    let flat = Some("as the first");
    let asked: [(&'static str, String, Option<&'static str>); 13] = [
        ("first page of the project", of.to_owned(), None),
        ("page in the middle, by next_token", format!("{of}&next_token={middle}"), flat),
        ("last page, by next_token", format!("{of}&next_token={last}"), flat),
        ("page at offset 50,000", format!("{of}&offset=50000"), None),
        ("page at offset 100,000, the last that is given", format!("{of}&offset=100000"), None),
        ("first page of the batch", "/v1/tasks?batch=many&limit=100".to_owned(), flat),
        ("last page of the batch", format!("/v1/tasks?batch=many&limit=100&next_token={last}"), flat),
        ("first page of what is completed", format!("{of}&status=completed"), flat),
        ("last page of what is completed", format!("{of}&status=completed&next_token={last}"), flat),
        ("page of a rare tag", format!("{of}&tags=rare"), None),
        ("page of all projects", "/v1/tasks?limit=100".to_owned(), flat),
        ("page in the middle of all projects", format!("/v1/tasks?limit=100&next_token={middle}"), flat),
        ("a task by its unique_id", "/v1/tasks?unique_id=many-77".to_owned(), None),
    ];
    for (what, path, target) in asked {
        let time = median_ms(TIMES, || Ok(client.get::<Value>(&path)?))?;
        report.add(what, time, "ms", target);
    }
    Ok(())
}

fn one_by_one(report: &mut Report, client: &Client) -> anyhow::Result<()> {
    let started = Instant::now();
    let times = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|thread| {
                scope.spawn(move || {
                    let mut times = Vec::with_capacity(ONE_BY_ONE / CONNECTIONS);
                    for i in (thread..ONE_BY_ONE).step_by(CONNECTIONS) {
                        let new = json!({
                            "project": "one",
                            "batch": "one",
                            "unique_id": format!("one-{i}"),
                            "metadata": { "n": i },
                            "attachments": [{ "type": "text", "content": format!("text {i}") }],
                        });
                        let started = Instant::now();
                        client.post::<Value>("/v1/task/textcollection", &new)?;
                        times.push(ms(started.elapsed()));
                    }
                    Ok(times)
                })
            })
            .collect();
        let mut all = Vec::with_capacity(ONE_BY_ONE);
        for thread in threads {
            let times: anyhow::Result<Vec<f64>> =
                thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a connection died")));
            all.extend(times?);
        }
        anyhow::Ok(all)
    })?;
    let took = started.elapsed().as_secs_f64();
    report.add("tasks made one by one, 8 connections", ONE_BY_ONE as f64 / took, "a second", Some(">= 500"));
    report.add_times("one of them, median", "one of them, 95th percentile", times, "<= 50");
    Ok(())
}
