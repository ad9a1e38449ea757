//! A random walk: updates of every kind, appends and reopenings over a sealed chunk and a tail, beside a model that merges
//! patches as the RFC says. After every step rows and model are the same, and queries find what the definition finds.

use std::fmt::Write;

use roaring::RoaringBitmap;
use serde_json::{Map, Value, json};
use sheaf_app::library::{edit, list};
use sheaf_app::metadata_updates::FileFormat;
use sheaf_query::{Mode, read};
use sheaf_select::{CHUNK, naive};

use crate::{World, asset};

/// Unsealed assets at the beginning.
const TAIL: u32 = 2_500;
const QUERIES: [&str; 12] = [
    "kind:k3",
    "n<30000 odd:true",
    "-kind:k1 n%7=2",
    "late:*",
    "score>0.5",
    "tags:red",
    "pos.x=3 n>60000",
    "mix:true OR mix:7",
    "-pos.x:*",
    "n%401=3",
    "ref:r6*",
    "late>2020-01-01 -tags:red",
];
const FIELDS: [&str; 7] = ["kind", "odd", "late", "score", "tags", "mix", "pos"];

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn value(&mut self) -> Value {
        match self.below(9) {
            0 => json!(self.below(9)),
            1 => json!(self.below(1000) as f64 / 1000.0),
            2 => json!(self.below(2) == 0),
            3 => json!(format!("text {}", self.below(5000))),
            4 => json!(["red", "Green", self.below(3)]),
            5 => json!({ "x": self.below(7), "y": { "z": self.of(&["deep", "deeper"]) }, "gone": null }),
            6 => json!("2021-03-04T05:06:07Z"),
            7 => json!([]),
            _ => Value::Null,
        }
    }

    fn patch(&mut self) -> Map<String, Value> {
        (0..=self.below(3)).map(|_| (self.of(&FIELDS).to_owned(), self.value())).collect()
    }
}

/// RFC 7396, word for word.
fn merge(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut target = if let Value::Object(members) = target { members } else { Map::new() };
    for (name, value) in patch {
        let old = target.remove(name);
        if !value.is_null() {
            target.insert(name.clone(), merge(old.unwrap_or(Value::Null), value));
        }
    }
    Value::Object(target)
}

struct Walk {
    world: World,
    model: Vec<Value>,
    random: Random,
}

impl Walk {
    async fn begin(seed: u64) -> Self {
        let n = CHUNK + TAIL;
        let world = World::new((0..n).map(asset).collect()).await;
        let model = (0..n).map(|i| serde_json::from_str(&asset(i).metadata).unwrap()).collect();
        let mut walk = Self { world, model, random: Random(seed.wrapping_mul(0x9e37_79b9) | 1) };
        // Every field that queries name is one from here on, sealed.
        let all = json!({ "late": "2020-05-05", "score": 1, "tags": "red", "mix": 7 });
        let ids = vec![walk.world.id(0).to_string()];
        assert_eq!(walk.world.counts(walk.world.by_ids(ids, all.clone()).await).await, [1, 0, 0]);
        walk.change(0, &all);
        walk
    }

    fn n(&self) -> u32 {
        self.model.len() as u32
    }

    fn change(&mut self, ordinal: u32, patch: &Value) -> bool {
        let slot = &mut self.model[ordinal as usize];
        let old = slot.take();
        *slot = merge(old.clone(), patch);
        *slot != old
    }

    /// What a query finds, by the definition.
    fn naive(&self, query: &str) -> RoaringBitmap {
        let fields: Vec<String> =
            ["n", "pos.x"].iter().chain(&FIELDS).map(|name| (*name).to_owned()).collect();
        let read = read(query, &fields, self.world.app.now(), Mode::Stored);
        assert!(!read.has_errors(), "{query}: {:?}", read.diagnostics);
        let (state, project) = (naive::State::default(), self.world.project);
        let rows = self.world.app.store().read_blocking(|tx| tx.facts(project, 0, u32::MAX)).unwrap();
        naive::evaluate(&read.expr, rows.iter().map(|row| (row, &state))).unwrap()
    }

    async fn step(&mut self) {
        match self.random.below(8) {
            0 | 1 => self.by_query().await,
            2 => self.by_ids().await,
            3 | 4 => self.by_jsonl().await,
            5 => self.by_csv().await,
            6 => self.single().await,
            _ => self.append().await,
        }
    }

    async fn by_query(&mut self) {
        let query = self.random.of(&QUERIES);
        let patch = Value::Object(self.random.patch());
        let found = self.naive(query);
        let counts = self.world.counts(self.world.by_query(query, patch.clone()).await).await;
        let updated = found.iter().filter(|ordinal| self.change(*ordinal, &patch)).count() as i64;
        assert_eq!(counts, [updated, found.len() as i64 - updated, 0], "{query} {patch}");
    }

    async fn by_ids(&mut self) {
        let patch = Value::Object(self.random.patch());
        let ordinals: Vec<u32> =
            (0..self.random.below(200)).map(|_| self.random.below(self.model.len()) as u32).collect();
        let set: RoaringBitmap = ordinals.iter().copied().collect();
        let mut ids: Vec<String> =
            ordinals.iter().map(|ordinal| self.world.id(*ordinal).to_string()).collect();
        ids.push("ast_nothing".into());
        ids.push(self.world.id(self.n()).to_string());
        let done = self.world.ended(self.world.by_ids(ids, patch.clone()).await).await;
        let updated = set.iter().filter(|ordinal| self.change(*ordinal, &patch)).count() as i64;
        assert_eq!((done.counts.updated, done.counts.refused), (updated, 2));
    }

    /// Rows by id and by reference, some of the same asset, some bad.
    async fn by_jsonl(&mut self) {
        let (mut text, mut want) = (String::new(), [0_i64; 3]);
        let spread = if self.random.below(2) == 0 { self.model.len() } else { 300 };
        let base = self.random.below(self.model.len() - spread + 1);
        for _ in 0..self.random.below(2_000) {
            let ordinal = (base + self.random.below(spread)) as u32;
            let patch = Value::Object(self.random.patch());
            match self.random.below(40) {
                0 => writeln!(text, "{{\"id\":\"{}\",\"metadata\":[1]}}", self.world.id(ordinal)).unwrap(),
                1 => writeln!(text, "{{\"ref\":\"nobody {ordinal}\",\"metadata\":{patch}}}").unwrap(),
                2 => writeln!(text, "{{\"id\":").unwrap(),
                _ => {
                    if ordinal.is_multiple_of(3) && self.random.below(2) == 0 {
                        writeln!(text, "{{\"metadata\":{patch},\"ref\":\"r{ordinal}\"}}").unwrap();
                    } else {
                        writeln!(text, "{{\"id\":\"{}\",\"metadata\":{patch}}}", self.world.id(ordinal))
                            .unwrap();
                    }
                    let changed = self.change(ordinal, &patch);
                    want[usize::from(!changed)] += 1;
                    continue;
                }
            }
            want[2] += 1;
        }
        if !text.is_empty() {
            assert_eq!(self.world.counts(self.world.by_file(FileFormat::Jsonl, &text).await).await, want);
        }
    }

    async fn by_csv(&mut self) {
        let mut text = String::from("kind,ref,score\n");
        let mut want = [0_i64; 3];
        for _ in 0..=self.random.below(500) {
            let ordinal = self.random.below(self.model.len()) as u32;
            let score = self.random.below(100);
            let kind = self.random.of(&["k1", "k9", ""]);
            writeln!(text, "{kind},r{ordinal},{score}").unwrap();
            if !ordinal.is_multiple_of(3) {
                want[2] += 1;
                continue;
            }
            let mut patch = json!({ "score": score });
            if !kind.is_empty() {
                patch["kind"] = kind.into();
            }
            let changed = self.change(ordinal, &patch);
            want[usize::from(!changed)] += 1;
        }
        assert_eq!(self.world.counts(self.world.by_file(FileFormat::Csv, &text).await).await, want);
    }

    async fn single(&mut self) {
        for _ in 0..3 {
            let ordinal = self.random.below(self.model.len()) as u32;
            let patch = self.random.patch();
            let (world, id) = (&self.world, self.world.id(ordinal));
            edit::patch_metadata(&world.app, &world.admin, world.project, id, patch.clone()).await.unwrap();
            self.change(ordinal, &Value::Object(patch));
        }
    }

    async fn append(&mut self) {
        let (from, n) = (self.n(), self.random.below(400) as u32);
        self.world.append((from..from + n).map(asset).collect()).await;
        self.model
            .extend((from..from + n).map(|i| serde_json::from_str::<Value>(&asset(i).metadata).unwrap()));
    }

    async fn compare(&mut self) {
        let project = self.world.project;
        let rows = self.world.app.store().read_blocking(|tx| tx.facts(project, 0, u32::MAX)).unwrap();
        assert_eq!(rows.len(), self.model.len());
        for (row, want) in rows.iter().zip(&self.model) {
            assert_eq!(&serde_json::from_str::<Value>(&row.metadata).unwrap(), want, "asset {}", row.ordinal);
        }
        for _ in 0..2 {
            let query = self.random.of(&QUERIES);
            let page = list::Page { query: query.into(), limit: 500, ..list::Page::default() };
            let listed = list::list(&self.world.app, &self.world.admin, project, page).await.unwrap();
            let want = self.naive(query);
            assert_eq!(listed.total, want.len(), "{query}");
            assert!(listed.items.iter().map(|item| item.id.ordinal).eq(want.iter().take(500)), "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_index_and_model_agree_after_every_step() {
    #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
    let walks = std::env::var("SHEAF_WALKS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    for seed in 1..=walks {
        let mut walk = Walk::begin(seed).await;
        for step in 0..12 {
            walk.step().await;
            walk.compare().await;
            if step == 6 {
                walk.world = walk.world.reopen();
            }
        }
        walk.world.is_sound();
    }
}
