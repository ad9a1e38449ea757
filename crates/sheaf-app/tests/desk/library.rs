//! The library through the use cases: every kind of field, very many of them, queries that are wrong on purpose, and a
//! person's own writes in their next query.

use sheaf_app::Error;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::library::{complete, facets, fields, list};
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, claim};
use sheaf_model::{Pick, Recipe, SubmissionId, UploadId};
use sheaf_store::library::NewAsset;

use crate::Desk;

impl Desk {
    async fn add_rows(&self, metadata: Vec<String>) {
        let project = self.project;
        let assets: Vec<NewAsset> = metadata
            .into_iter()
            .map(|metadata| NewAsset {
                name: "x.png".into(),
                media_type: "image/png",
                metadata,
                ..NewAsset::default()
            })
            .collect();
        self.app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).await.unwrap();
    }

    async fn ask(&self, query: &str) -> Result<u64, Error> {
        let page = list::Page { query: query.into(), sort: None, offset: 0, limit: 1 };
        Ok(list::list(&self.app, &self.manager, self.project, page).await?.total)
    }

    #[track_caller]
    fn count(&self, query: &str) -> impl Future<Output = u64> {
        let (app, manager, project) = (self.app.clone(), self.manager.clone(), self.project);
        let page = list::Page { query: query.into(), sort: None, offset: 0, limit: 1 };
        async move { list::list(&app, &manager, project, page).await.unwrap().total }
    }

    /// Code and text of the first diagnostic of a query that is refused.
    async fn refusal(&self, query: &str) -> (&'static str, String) {
        match self.ask(query).await {
            Err(Error::BadQuery { mut diagnostics, .. }) => {
                let first = diagnostics.remove(0);
                (first.code, first.message)
            }
            other => panic!("{:.80}: {other:?}", query),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_field_is_found_sealed_and_unsealed() {
    let desk = Desk::new(0).await;
    // The same rows at the beginning of a chunk that is sealed, and in the tail.
    let rows = || {
        [
            r#"{"mixed":1,"flag":true,"when":"2026-11-20T10:00:00Z","tags":["a","b"],"deep":{"er":{"x":1}}}"#,
            r#"{"mixed":"1","flag":false,"when":"2026-11-21","tags":[],"deep":{"er":{"x":"y"}}}"#,
            r#"{"mixed":true,"flag":null,"when":"soon","tags":["B",null,3],"deep":null}"#,
            r#"{"mixed":["one",2.5],"tags":[["nested","a"]],"deep":[{"er":{"x":7}},{"er":{"x":8}}]}"#,
            r#"{"prediction":{"score":0.25,"label":"car","model":"v3"}}"#,
            "{}",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    desk.add_rows(rows()).await;
    desk.add_rows(vec![r#"{"filler":1}"#.to_owned(); 65_536 - 6]).await;
    desk.add_rows(rows()).await;
    desk.add_rows(vec![r#"{"late":"yes"}"#.to_owned()]).await;
    let none = 65_530 + 1;
    for (query, twice, once) in [
        ("mixed:1", 2, 0),
        ("mixed>0", 2, 0),
        ("mixed:true", 1, 0),
        ("mixed:2.5", 1, 0),
        ("mixed:(one, true)", 2, 0),
        ("flag:true", 1, 0),
        ("-flag:true", 5, none),
        ("flag:*", 2, 0),
        ("-flag:*", 4, none),
        ("when:2026-11-20", 1, 0),
        ("when>2026-11-20", 1, 0),
        ("when:soon", 1, 0),
        ("tags:a", 2, 0),
        ("tags:b", 2, 0),
        ("tags!=b", 4, none),
        ("tags:3", 1, 0),
        ("deep.er.x:8", 1, 0),
        ("deep.er.x>=1", 2, 0),
        ("prediction.score<0.4", 1, 0),
        ("prediction.label:car", 1, 0),
        ("prediction.model:v3", 1, 0),
        ("-prediction.model:*", 5, none),
        ("late:yes", 0, 1),
        ("-late:yes", 6, none - 1),
    ] {
        assert_eq!(desk.count(query).await, 2 * twice + once, "{query}");
    }
    let names = r#"{"say \"hi\"":1,"a.b":2,"😀":3,"traffic light":4,"meta":5,"name":6,"-x":7,"OR":8}"#;
    desk.add_rows(vec![names.to_owned()]).await;
    for name in ["say \"hi\"", "a.b", "😀", "traffic light", "meta", "meta.name", "-x", "OR"] {
        let query = format!("{}:*", sheaf_query::quote_field(name));
        assert_eq!(desk.count(&query).await, 1, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_fields_are_listed_completed_and_counted_within_bounds() {
    let desk = Desk::new(0).await;
    let row = |i: u32| {
        let fields: Vec<String> = (i * 50..(i + 1) * 50).map(|f| format!("\"field {f:05}\":{i}")).collect();
        format!("{{{}}}", fields.join(","))
    };
    desk.add_rows((0..100).map(row).collect()).await;
    desk.add_rows(vec!["{}".to_owned(); 65_536 - 100]).await;
    desk.add_rows((100..200).map(row).collect()).await;
    let all = fields::fields(&desk.app, &desk.manager, desk.project, String::new(), usize::MAX);
    let (listed, n) = all.await.unwrap();
    let builtin = listed.iter().filter(|field| field.builtin).count();
    assert_eq!(n, 10_000 + builtin);
    assert_eq!(listed.len(), fields::FIELDS_MAX + builtin);
    let complete =
        |text: &str| complete::complete(&desk.app, &desk.manager, desk.project, text.into(), text.len());
    let (_, offers) = complete("\"field 099").await.unwrap();
    assert_eq!(offers.len(), 50);
    assert!(offers[0].label.starts_with("field 099"), "{offers:?}");
    let (_, offers) = complete("\"field 09999\":").await.unwrap();
    assert_eq!((offers[0].label.as_str(), offers[0].count), ("199", Some(1)));
    for query in ["\"field 00007\":0", "\"field 09999\":199", "\"field 09999\">5"] {
        assert_eq!(desk.count(query).await, 1, "{query}");
    }
    let (code, message) = desk.refusal("\"field 1\":0").await;
    assert_eq!(code, "unknown_field", "{message}");
    let asked = (0..50).map(|f| format!("field {f:05}")).collect();
    let found =
        facets::facets(&desk.app, &desk.manager, desk.project, String::new(), asked, 5).await.unwrap();
    assert!(found.facets.iter().all(|facet| facet.count == 1 && facet.missing == 65_636 - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_queries_are_told_what_is_wrong() {
    let desk = Desk::new(5).await;
    let deep = |open: &str, close: &str| format!("{}n:1{}", open.repeat(10_000), close.repeat(10_000));
    for (query, want) in [
        ("n:1 ".repeat(1 << 18), "too_long"),
        (deep("(", ")"), "too_deep"),
        (deep("-", ""), "too_deep"),
        (deep("NOT ", ""), "too_deep"),
        (deep("(-", ")"), "too_deep"),
        ("n:/((((((a{1,100}){1,100}){1,100}){1,100}){1,100}){1,100})/".to_owned(), "bad_regex"),
        ("n:/(a+)+$".to_owned(), "bad_regex"),
        (format!("n:({})", vec!["1"; 5_000].join(",")), "too_many"),
        (vec!["word"; 65].join(" "), "too_many"),
        ("\"say \\\"hi\\\"\":1".to_owned(), "unknown_field"),
        ("😀:1".to_owned(), "unknown_field"),
        ("n.third:1".to_owned(), "unknown_field"),
    ] {
        let (code, message) = desk.refusal(&query).await;
        assert_eq!(code, want, "{:.60}: {message}", query);
        assert!(message.len() < 400, "{message}");
    }
    // A pattern that makes a backtracking engine explode is an ordinary one here.
    assert_eq!(desk.count("name:/(a+)+(a+)+(a+)+$/").await, 0);
    assert_eq!(desk.count("name:/^(a*)*(a*)*[0-9]\\.png$/").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_writes_are_seen_by_the_next_query() {
    let desk = Desk::new(20).await;
    let who = desk.annotator(2).await;
    assert_eq!(desk.count("is:unbatched").await, 20);
    let recipe = Recipe { query: Some("n<10".into()), pick: Pick::All, ..Recipe::default() };
    let new = NewBatch { name: "night 1".into(), launch: true, ..NewBatch::default() };
    batches::create(&desk.app, &desk.manager, desk.project, new, recipe).await.unwrap();
    for (query, want) in [
        ("batch:\"night 1\"", 10),
        ("batch:night*", 10),
        ("batch:*", 10),
        ("is:batched", 10),
        ("is:unbatched", 10),
        ("-batch:\"night 1\"", 10),
        ("status:pending", 10),
        ("-status:*", 10),
        ("batch:nowhere", 0),
    ] {
        assert_eq!(desk.count(query).await, want, "{query}");
    }
    for n in 1..=3u8 {
        let asked = Claim { claim_id: [n; 16], project: Some(desk.project), work: None, count: 1 };
        let task = claim(&desk.app, &who, asked).await.unwrap().tasks.remove(0);
        assert_eq!(desk.count("status:claimed").await, 1);
        let response = serde_json::from_str(r#"{"fields":{"kind":"a"}}"#).unwrap();
        let answer = Submit { id: SubmissionId([n; 16]), response, seconds: None };
        submit(&desk.app, &who, task.lease, answer).await.unwrap();
        for query in ["is:labelled", "label:a", "label.a>0", "annotator:p2@x", "annotator:p2", "status:done"]
        {
            assert_eq!(desk.count(query).await, u64::from(n), "{query}");
        }
        assert_eq!(desk.count("status:pending").await, 10 - u64::from(n));
        assert_eq!(desk.count("-is:labelled").await, 20 - u64::from(n));
        assert_eq!(desk.count("label:a batch:\"night 1\" labelled>=1970-01-01").await, u64::from(n));
        assert_eq!(desk.count("scale_metadata.task_status:completed annotations.a>0").await, u64::from(n));
        // Zero of a label is said of answers only.
        assert_eq!(desk.count("label.b:0").await, u64::from(n));
    }
}
