//! Random libraries and random expressions over them, a source that answers from memory by the definition, and the
//! comparison of engine and definition over both. `tests/engine.rs` runs some in CI, `scripts/campaign.sh` very many,
//! and `fuzz/` lets a fuzzer choose.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use roaring::RoaringBitmap;
use sheaf_query::expr::{Expr, Field, Order, Scalar, Test};
use sheaf_select::naive::{State, field_values, test_values};
use sheaf_select::{
    AssetFacts, BlockCache, Builtin, CHUNK, Changes, ChunkBuilder, FieldKey, Library, Snapshot, Source,
    SourceError, Tail, Value, parse_time, pick,
};

/// Choices: first those that a fuzzer made, then Splitmix64, which is small and the same for ever.
pub struct Random {
    chosen: std::vec::IntoIter<u8>,
    seed: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { chosen: Vec::new().into_iter(), seed }
    }

    /// A byte for each small choice, so that a fuzzer that changes a byte changes one choice.
    #[allow(dead_code, reason = "only the fuzz targets choose")]
    pub fn of_bytes(bytes: &[u8]) -> Random {
        Random { chosen: Vec::from(bytes).into_iter(), seed: bytes.len() as u64 }
    }

    pub fn next(&mut self) -> u64 {
        if self.chosen.len() > 0 {
            let bytes: Vec<u8> = self.chosen.by_ref().take(8).collect();
            return bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b));
        }
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        let small = if n <= 256 { self.chosen.next() } else { None };
        small.map_or_else(|| (self.next() % n as u64) as usize, |byte| usize::from(byte) % n)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Queries of one library in [`agree`]: before and after its rows are edited.
const QUERIES: usize = 8;

/// A random library and random queries over it: the engine finds of each what the definition says, sealed and in the
/// tail, from a cache of any size, before and after edits, also when the query is written and read again; and the laws
/// of sets and of picks hold. Gives how many pairs of library and query were compared.
pub fn agree(random: &mut Random) -> u32 {
    let sealed: Vec<usize> = (0..random.below(3)).map(|_| random.pick(&[1, 12, 40, 300])).collect();
    let tail: Vec<usize> = (0..random.below(4)).map(|_| random.pick(&[1, 2, 9, 60, 280])).collect();
    let mut world = World::of(random, &sealed, &tail);
    let cache = BlockCache::new(random.pick(&[0, 20_000, 64 << 20]));
    let mut pairs = 0;
    for edited in [false, true] {
        if edited {
            world.edit(random);
        }
        let real = world.real();
        let all = world.snapshot.all();
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        let evaluate = |e: &Expr| library.evaluate(e).unwrap();
        let mut before = (Expr::Nothing, RoaringBitmap::new());
        for _ in 0..QUERIES {
            let mut e = expr(random, &world, 3);
            if random.one_in(3) {
                let text = sheaf_query::print_expr(&e);
                let read = sheaf_query::read(&text, &FIELDS, 0, sheaf_query::Mode::Strict);
                e = if read.has_errors() { e } else { read.expr };
            }
            let got = evaluate(&e);
            assert_eq!(&got & &real, world.naive(&e), "edited {edited}: {e:?}");
            assert!(got.is_subset(&all));
            pairs += 1;

            let not = |e: &Expr| Expr::Not(Box::new(e.clone()));
            let (other, found) = &before;
            let both = Expr::And(vec![e.clone(), other.clone()]);
            assert_eq!(evaluate(&not(&e)), &all - &got, "{e:?}");
            assert_eq!(evaluate(&both), &got & found, "{both:?}");
            assert_eq!(evaluate(&Expr::Or(vec![e.clone(), other.clone()])), &got | found);
            assert_eq!(evaluate(&Expr::And(vec![e.clone(), not(other)])), &got - found);
            let either_not = Expr::Or(vec![not(&e), not(other)]);
            assert_eq!(evaluate(&not(&both)), evaluate(&either_not), "De Morgan: {both:?}");

            let (n, seed) = (random.below(got.len() as usize + 2) as u64, random.next());
            let first = pick::first(&got, n);
            assert!(first.iter().eq(got.iter().take(n as usize)), "the first are a prefix");
            assert_eq!(pick::last(&got, got.len() - first.len()), &got - &first);
            let picked = pick::random(&got, n, seed);
            assert!(picked.is_subset(&got) && picked.len() == n.min(got.len()));
            assert_eq!(picked, pick::random(&got, n, seed));
            before = (e, got);
        }
    }
    pairs
}

const WORDS: [&str; 18] = [
    "rain",
    "Rain",
    "RAIN",
    "snow",
    "san jose",
    "San Jose",
    "San Juan",
    "café",
    "CAFE\u{301}",
    "ΟΔΟΣ",
    "οδος",
    "straße",
    "İstanbul",
    "",
    "true",
    "2018",
    "10",
    "a*b",
];
const DATES: [&str; 7] = [
    "2026-11-20",
    "2026-11-20T10:00:00Z",
    "2026-11-20 23:59:59.999",
    "2026-11-21T01:00+02:00",
    "1969-12-31",
    "2026-11-2",
    "soon",
];
pub const FIELDS: [&str; 9] =
    ["weather", "hour", "score", "code", "mixed", "tags", "when", "camera.model", "late"];

fn json_value(random: &mut Random, field: &str, i: usize) -> Option<String> {
    let text = |t: &str| serde_json::Value::from(t).to_string();
    Some(match field {
        "weather" => text(random.pick(&["rain", "Rain", "snow", "fog", "sun"])),
        "hour" => random.below(24).to_string(),
        "score" => match random.below(4) {
            0 => format!("{:.2}", random.below(100) as f64 / 100.0),
            1 => format!("{}", random.next() as f64 / 1e15),
            _ => format!("{}", random.below(2000) as f64 / 1000.0 - 0.5),
        },
        "code" => text(&format!("ID-{:05}-{}", random.below(3000), random.pick(&WORDS))),
        "tags" => {
            let n = random.below(5);
            let tags: Vec<String> = (0..n)
                .map(|_| match random.below(6) {
                    0 => random.below(5).to_string(),
                    1 => "null".into(),
                    2 => "[true, 1.5]".into(),
                    3 => text(&format!("tag{}", random.below(700))),
                    _ => text(random.pick(&WORDS)),
                })
                .collect();
            format!("[{}]", tags.join(","))
        }
        "when" => text(&match random.below(3) {
            0 => random.pick(&DATES).to_string(),
            1 => format!("2026-{:02}-{:02}", random.below(14), random.below(33)),
            _ => format!(
                "2026-01-{:02}T{:02}:{:02}:00Z",
                1 + random.below(28),
                random.below(24),
                random.below(60)
            ),
        }),
        "late" if i < 30 => return None,
        _ => match random.below(8) {
            0 => "null".into(),
            1 => (random.below(2) == 0).to_string(),
            2 => random.below(20).to_string(),
            3 => format!("-{}.5", random.below(20)),
            4 => text(random.pick(&DATES)),
            5 => format!("{}", random.next() % 100_000),
            _ => text(random.pick(&WORDS)),
        },
    })
}

fn metadata(random: &mut Random, i: usize) -> String {
    let mut members = Vec::new();
    for field in FIELDS {
        if random.one_in(6) {
            continue;
        }
        let Some(value) = json_value(random, field, i) else { continue };
        match field.split_once('.') {
            Some((outer, inner)) if random.one_in(3) => {
                members.push(format!(
                    "\"{outer}\":[{{\"{inner}\":{value}}},{{\"{inner}\":{value},\"x\":null}}]"
                ));
            }
            Some((outer, inner)) => members.push(format!("\"{outer}\":{{\"{inner}\":{value}}}")),
            None => members.push(format!("\"{field}\":{value}")),
        }
    }
    format!("{{{}}}", members.join(","))
}

fn facts(random: &mut Random, ordinal: u32, i: usize) -> AssetFacts<'static> {
    let name = match random.below(3) {
        0 => format!("Session_{:03}/cam_front/{:06}.JPG", random.below(3), i),
        1 => format!("session_{:03}/cam_front/{:06}.jpg", random.below(3), random.below(400)),
        _ => format!("{}{}.png", random.pick(&WORDS), random.below(50)),
    };
    AssetFacts {
        ordinal,
        name: name.into(),
        reference: (!random.one_in(3)).then(|| format!("ref{}", random.next() % 10_000).into()),
        upload: 1 + (i / 50) as i64,
        uploaded_ms: 1_795_132_800_000 + (i as i64 / 7) * 10_000 + random.below(3) as i64,
        media_type: random.pick(&["image/png", "image/jpeg"]).into(),
        size: (!random.one_in(5)).then(|| random.next() % 5_000_000),
        width: Some(random.pick(&[640, 1920])),
        height: random.one_in(2).then_some(480),
        duration_ms: random.one_in(4).then(|| random.next() % 100_000),
        metadata: metadata(random, i).into(),
    }
}

fn state(random: &mut Random, facts: &AssetFacts<'_>) -> State {
    let mut state = State {
        id: format!("ast_{:04}", facts.ordinal),
        upload: format!("{} {}", random_upload_name(facts.upload), facts.upload),
        ..State::default()
    };
    if random.one_in(2) {
        state.batches = (0..1 + random.below(2)).map(|b| format!("batch {b}")).collect();
        state.statuses = vec![random.pick(&["pending", "submitted", "skipped"]).to_string()];
    }
    if state.statuses.iter().any(|s| s == "submitted") {
        state.submitted = true;
        state.annotators = vec![random.pick(&["ann@x.org", "bob@x.org"]).to_string()];
        state.labelled_ms = vec![1_795_132_800_000 + random.below(5) as i64 * 1000];
        let scores = [0.0, 0.5, 0.749_999, 0.75, 1.0];
        state.agreements = (0..random.below(3)).map(|_| random.pick(&scores)).collect();
        for label in ["car", "truck"] {
            if random.one_in(2) {
                state.labels.insert(label.into(), 1 + random.below(4) as u32);
            }
        }
    }
    for source in ["m", "yolo v8"] {
        if random.one_in(2) {
            let score = random.one_in(2).then(|| random.below(9) as f64 / 4.0 - 1.0);
            state.prelabels.insert(source.into(), score);
        }
    }
    state
}

fn random_upload_name(id: i64) -> &'static str {
    if id % 2 == 0 { "night drive" } else { "day drive" }
}

/// A library with its definition beside it.
pub struct World {
    pub assets: Vec<(AssetFacts<'static>, State)>,
    pub blocks: HashMap<(FieldKey, u32), Vec<u8>>,
    pub snapshot: Snapshot,
    /// Of each asset, for the naive evaluator.
    values: OnceCell<Vec<BTreeMap<FieldKey, Vec<Value>>>>,
}

impl World {
    /// Sealed chunks with a few rows each at their beginning, and a tail that came in pieces. Rows that were never
    /// pushed do exist for the engine (without any value); tests look at [`World::real`] only.
    #[allow(dead_code, reason = "only the property tests give a shape")]
    pub fn new(seed: u64, sealed_rows: &[usize], tail_pieces: &[usize]) -> World {
        World::of(&mut Random::new(seed), sealed_rows, tail_pieces)
    }

    fn of(random: &mut Random, sealed_rows: &[usize], tail_pieces: &[usize]) -> World {
        let mut assets = Vec::new();
        let mut blocks = HashMap::new();
        for (chunk, n) in sealed_rows.iter().enumerate() {
            let mut builder = ChunkBuilder::new(chunk as u32);
            for row in 0..*n {
                let facts = facts(random, chunk as u32 * CHUNK + row as u32, assets.len());
                builder.push(&facts).unwrap();
                let state = state(random, &facts);
                assets.push((facts, state));
            }
            blocks.extend(builder.finish().unwrap().into_iter().map(|b| ((b.field, chunk as u32), b.data)));
        }
        let mut tail = Tail::new(sealed_rows.len() as u32 * CHUNK);
        for n in tail_pieces {
            let rows: Vec<AssetFacts<'static>> =
                (0..*n).map(|i| facts(random, tail.end() + i as u32, assets.len() + i)).collect();
            tail = tail.append(&rows).unwrap();
            for facts in rows {
                let state = state(random, &facts);
                assets.push((facts, state));
            }
        }
        let snapshot = Snapshot::new(1, vec![1; sealed_rows.len()].into(), tail, 1);
        World { assets, blocks, snapshot, values: OnceCell::new() }
    }

    /// Gives about a tenth of the assets new facts and states, as the store would: patched blocks and a new version for
    /// sealed chunks, a new tail for the others.
    pub fn edit(&mut self, random: &mut Random) {
        let mut changed: BTreeMap<u32, Changes> = BTreeMap::new();
        for i in 0..self.assets.len() {
            if random.one_in(10) {
                let facts = facts(random, self.assets[i].0.ordinal, i);
                changed.entry(facts.ordinal / CHUNK).or_default().add(&self.assets[i].0, &facts).unwrap();
                self.assets[i] = (facts.clone(), state(random, &facts));
            }
        }
        let mut versions = self.snapshot.sealed.to_vec();
        for (chunk, changes) in changed {
            let Some(version) = versions.get_mut(chunk as usize) else {
                self.snapshot.tail = self.snapshot.tail.update(&changes).unwrap();
                continue;
            };
            *version += 1;
            for field in changes.fields() {
                let key = (field.clone(), chunk);
                let old = self.blocks.get(&key).map(Vec::as_slice);
                match changes.patch(field, chunk, old).unwrap() {
                    Some(data) => self.blocks.insert(key, data),
                    None => self.blocks.remove(&key),
                };
            }
        }
        self.snapshot.sealed = versions.into();
        self.snapshot.revision += 1;
        self.values = OnceCell::new();
    }

    pub fn real(&self) -> RoaringBitmap {
        self.assets.iter().map(|(f, _)| f.ordinal).collect()
    }

    pub fn naive(&self, expr: &Expr) -> RoaringBitmap {
        let values =
            self.values.get_or_init(|| self.assets.iter().map(|(f, _)| f.values().unwrap()).collect());
        let all = self.assets.iter().zip(values);
        let found = all.filter(|((_, state), values)| sheaf_select::naive::matches(expr, values, state));
        found.map(|((facts, _), _)| facts.ordinal).collect()
    }

    /// Every asset's values of a field.
    #[allow(dead_code, reason = "only the property tests look at single fields")]
    pub fn values(&self, field: &FieldKey) -> BTreeMap<u32, Vec<Value>> {
        let of = |f: &AssetFacts<'_>| f.values().unwrap().remove(field).unwrap_or_default();
        self.assets.iter().map(|(f, _)| (f.ordinal, of(f))).collect()
    }

    pub fn fields(&self) -> Vec<FieldKey> {
        let meta = FIELDS.iter().map(|f| FieldKey::meta(*f));
        meta.chain(Builtin::ALL.into_iter().map(FieldKey::Builtin)).collect()
    }
}

impl Source for World {
    fn load_blocks(&self, field: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, SourceError> {
        let block = |c: &u32| self.blocks.get(&(field.clone(), *c)).map(|data| (*c, data.clone()));
        Ok(chunks.iter().filter_map(block).collect())
    }

    fn uploads(&self, test: &Test) -> Result<Vec<i64>, SourceError> {
        let passing = self.assets.iter().filter(|(_, s)| test_values(test, &[Value::Text(s.upload.clone())]));
        let mut ids: Vec<i64> = passing.map(|(f, _)| f.upload).collect();
        ids.dedup();
        Ok(ids)
    }

    fn resolve(&self, field: &Field, test: &Test) -> Result<RoaringBitmap, SourceError> {
        let none = BTreeMap::new();
        let passing = self.assets.iter().filter(|(_, s)| test_values(test, &field_values(field, &none, s)));
        Ok(passing.map(|(f, _)| f.ordinal).collect())
    }

    fn fields(&self) -> Result<Vec<FieldKey>, SourceError> {
        Ok(World::fields(self))
    }
}

fn scalar(random: &mut Random, world: &World, field: &Field) -> Scalar {
    // Mostly a value that some asset has.
    let known = if world.assets.is_empty() {
        Vec::new()
    } else {
        let (facts, state) = random.pick(&world.assets);
        field_values(field, &facts.values().unwrap(), &state)
    };
    let text = |t: String| Scalar::Text(t);
    let number = |n: f64| Scalar::Number { value: n, text: n.to_string() };
    let span = |ms: i64, random: &mut Random| {
        let width = random.pick(&[1, 1000, 86_400_000]);
        let from_ms = ms - ms.rem_euclid(width);
        Scalar::Time { from_ms, until_ms: from_ms + width, text: "2026-11-20".into() }
    };
    if !known.is_empty() && !random.one_in(5) {
        return match random.pick(&known) {
            Value::Bool(b) => Scalar::Bool(b),
            Value::Number(n) => number(n),
            Value::Time(ms) => span(ms, random),
            Value::Text(t) => match parse_time(&t) {
                Some(ms) if random.one_in(2) => span(ms, random),
                _ if random.one_in(3) => text(t.to_uppercase()),
                _ => text(t),
            },
        };
    }
    match random.below(4) {
        0 => Scalar::Bool(random.one_in(2)),
        1 => number(random.below(40) as f64 / 2.0 - 5.0),
        2 => span(1_795_132_800_000 + random.below(90_000) as i64, random),
        _ => text(random.pick(&WORDS).to_string()),
    }
}

fn test(random: &mut Random, world: &World, field: &Field) -> Test {
    let part = |random: &mut Random| match scalar(random, world, field) {
        Scalar::Text(t) => {
            let chars: Vec<char> = t.chars().collect();
            let from = random.below(chars.len() + 1);
            let until = from + random.below(chars.len() - from + 1);
            chars[from..until].iter().collect::<String>()
        }
        _ => random.pick(&["a", "R", "0", "é", "Σ", ".jpg", ""]).to_string(),
    };
    match random.below(12) {
        0 => Test::Exists,
        1..=3 => Test::Equals(scalar(random, world, field)),
        4 => match scalar(random, world, field) {
            Scalar::Text(t) => Test::EqualsExact(t),
            _ => Test::EqualsExact(random.pick(&WORDS).to_string()),
        },
        5 => {
            let part = part(random);
            let forms =
                [format!("{part}*"), format!("*{part}"), format!("*{part}*"), format!("?{part}*?"), part];
            Test::Wildcard(random.pick(&forms))
        }
        6 => Test::Contains(part(random)),
        7 => Test::Matches(random.pick(&["^[rR]a", "\\d+$", "é|S", "a.*e", ""]).to_string()),
        8 | 9 => {
            let order = random.pick(&[Order::Less, Order::LessEqual, Order::Greater, Order::GreaterEqual]);
            Test::Compare(order, scalar(random, world, field))
        }
        10 => {
            let end = |random: &mut Random| (!random.one_in(4)).then(|| scalar(random, world, field));
            Test::Between(end(random), end(random))
        }
        _ => Test::Modulo { divisor: random.below(6) as i64 - 1, remainder: random.below(3) as i64 },
    }
}

fn field(random: &mut Random) -> Field {
    match random.below(3) {
        0 => random.pick(&[
            Field::Id,
            Field::Ref,
            Field::Name,
            Field::Upload,
            Field::Uploaded,
            Field::Type,
            Field::Size,
            Field::Width,
            Field::Height,
            Field::Duration,
            Field::NameOrRef,
            Field::Batch,
            Field::Batched,
            Field::Status,
            Field::Label,
            Field::LabelCount("car".into()),
            Field::Annotator,
            Field::Agreement,
            Field::Prelabel,
            Field::PrelabelScore("yolo v8".into()),
            Field::Labelled,
        ]),
        _ if random.one_in(12) => Field::Meta("wether".into()),
        _ => Field::Meta(random.pick(&FIELDS).to_string()),
    }
}

pub fn expr(random: &mut Random, world: &World, depth: usize) -> Expr {
    match random.below(if depth == 0 { 10 } else { 16 }) {
        0 if random.one_in(3) => Expr::All,
        1 if random.one_in(3) => Expr::Nothing,
        0..=9 => {
            let field = field(random);
            let test = test(random, world, &field);
            Expr::Test(field, test)
        }
        10..=11 => Expr::Not(Box::new(expr(random, world, depth - 1))),
        12..=13 => Expr::Or((0..random.below(4)).map(|_| expr(random, world, depth - 1)).collect()),
        _ => Expr::And((0..random.below(4)).map(|_| expr(random, world, depth - 1)).collect()),
    }
}
