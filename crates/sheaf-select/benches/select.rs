//! Benchmarks of the main kernels at ten million assets: `cargo bench -p sheaf-select`.
//!
//! The library has the eight mixed fields of the storage experiment. Only a few of its chunks are different ones, so
//! that it is made in seconds; every chunk is decoded, kept and scanned on its own all the same.

use std::collections::HashMap;
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use roaring::RoaringBitmap;
use sheaf_query::expr::{Expr, Field, Order, Scalar, Test};
use sheaf_select::sort::SortBy;
use sheaf_select::{
    AssetFacts, BlockCache, Builtin, CHUNK, ChunkBuilder, FieldKey, Library, Snapshot, Source, SourceError,
    Tail, members, pick,
};

/// 153 chunks are ten million assets.
const CHUNKS: u32 = 153;
const DIFFERENT: u32 = 4;

fn main() {
    divan::main();
}

struct World {
    blocks: HashMap<(FieldKey, u32), Vec<u8>>,
    snapshot: Snapshot,
    warm: BlockCache,
}

impl Source for World {
    fn load_blocks(&self, field: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, SourceError> {
        let block =
            |c: &u32| self.blocks.get(&(field.clone(), *c % DIFFERENT)).map(|data| (*c, data.clone()));
        Ok(chunks.iter().filter_map(block).collect())
    }
    fn uploads(&self, _: &Test) -> Result<Vec<i64>, SourceError> {
        Ok(vec![1])
    }
    fn resolve(&self, _: &Field, _: &Test) -> Result<RoaringBitmap, SourceError> {
        Ok(RoaringBitmap::new())
    }
    fn fields(&self) -> Result<Vec<FieldKey>, SourceError> {
        Ok(Vec::new())
    }
}

/// The library of the storage experiment: eight mixed fields.
fn facts(ordinal: u32) -> AssetFacts<'static> {
    let mut x = u64::from(ordinal).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut random = |n: u64| {
        x ^= x >> 30;
        x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^= x >> 27;
        (x >> 8) % n
    };
    AssetFacts {
        ordinal,
        name: format!("frame_{ordinal:08}_{:08x}.jpg", random(1 << 32)).into(),
        upload: 1 + i64::from(ordinal / 10_000),
        uploaded_ms: 1_795_132_800_000 + i64::from(ordinal / 1000) * 250,
        media_type: "image/jpeg".into(),
        size: Some(100_000 + random(900_000)),
        width: Some(1920),
        height: Some(1080),
        metadata: format!(
            r#"{{"city":"city {:04}","confidence":{},"day":{},"frame":{},"hour":{},"night":{},"sensor":"s{}","weather":"{}"}}"#,
            random(1000),
            random(1 << 40) as f64 / (1u64 << 40) as f64,
            random(365),
            ordinal % 5000,
            random(24),
            random(2) == 0,
            random(20),
            ["rain", "sun", "fog", "snow"][random(4) as usize],
        )
        .into(),
        ..AssetFacts::default()
    }
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut blocks = HashMap::new();
        for chunk in 0..DIFFERENT {
            blocks.extend(build(&chunk_facts(chunk), chunk).into_iter().map(|b| ((b.field, chunk), b.data)));
        }
        let mut sizes: HashMap<String, usize> = HashMap::new();
        for ((field, _), data) in &blocks {
            *sizes.entry(field.to_string()).or_default() += data.len();
        }
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort();
        let n = f64::from(DIFFERENT * CHUNK);
        let total: usize = sizes.iter().map(|s| s.1).sum();
        eprintln!("{:.1} bytes an asset", total as f64 / n);
        sizes.iter().for_each(|(field, size)| eprintln!("  {field:12} {:.2}", *size as f64 / n));
        let sealed = vec![1; CHUNKS as usize];
        let snapshot = Snapshot::new(1, sealed.into(), Tail::new(CHUNKS * CHUNK), 1);
        World { blocks, snapshot, warm: BlockCache::new(8 << 30) }
    })
}

fn chunk_facts(chunk: u32) -> Vec<AssetFacts<'static>> {
    (chunk * CHUNK..(chunk + 1) * CHUNK).map(facts).collect()
}

fn build(rows: &[AssetFacts<'_>], chunk: u32) -> Vec<sheaf_select::EncodedBlock> {
    let mut builder = ChunkBuilder::new(chunk);
    rows.iter().for_each(|f| builder.push(f).expect("facts are good"));
    builder.finish().expect("facts are good")
}

fn library(world: &World) -> Library<'_> {
    Library { snapshot: &world.snapshot, source: world, cache: &world.warm }
}

fn text(field: &str, value: &str) -> Expr {
    Expr::Test(Field::Meta(field.into()), Test::Equals(Scalar::Text(value.into())))
}

fn less(field: &str, value: f64) -> Expr {
    let scalar = Scalar::Number { value, text: value.to_string() };
    Expr::Test(Field::Meta(field.into()), Test::Compare(Order::Less, scalar))
}

fn query(name: &str) -> Expr {
    match name {
        "weather:rain hour<6" => Expr::And(vec![text("weather", "rain"), less("hour", 6.0)]),
        "city:\"city 0007\"" => text("city", "City 0007"),
        "confidence<0.1" => less("confidence", 0.1),
        "name~abc1" => Expr::Test(Field::Name, Test::Contains("abc1".into())),
        "name:/_0*7.*f\\.jpg$/" => Expr::Test(Field::Name, Test::Matches(r"_0*7.*f\.jpg$".into())),
        "-weather:rain OR frame%5=0" => Expr::Or(vec![
            Expr::Not(Box::new(text("weather", "rain"))),
            Expr::Test(Field::Meta("frame".into()), Test::Modulo { divisor: 5, remainder: 0 }),
        ]),
        _ => Expr::All,
    }
}

const QUERIES: [&str; 6] = [
    "weather:rain hour<6",
    "city:\"city 0007\"",
    "confidence<0.1",
    "name~abc1",
    "name:/_0*7.*f\\.jpg$/",
    "-weather:rain OR frame%5=0",
];

#[divan::bench(args = QUERIES)]
fn evaluate_warm(bencher: Bencher<'_, '_>, name: &str) {
    let (world, expr) = (world(), query(name));
    library(world).evaluate(&expr).expect("blocks are good");
    bencher.bench(|| library(world).evaluate(black_box(&expr)).expect("blocks are good"));
}

#[divan::bench(args = &QUERIES[..4], sample_count = 5)]
fn evaluate_cold(bencher: Bencher<'_, '_>, name: &str) {
    let (world, expr) = (world(), query(name));
    bencher.with_inputs(|| BlockCache::new(4 << 30)).bench_refs(|cache| {
        Library { cache, ..library(world) }.evaluate(black_box(&expr)).expect("blocks are good")
    });
}

#[divan::bench(sample_count = 5)]
fn build_a_chunk(bencher: Bencher<'_, '_>) {
    let rows = chunk_facts(3);
    bencher.bench(|| build(black_box(&rows), 3));
}

#[divan::bench(sample_count = 5, args = [1, 100, 10_000])]
fn append_and_seal_a_chunk(bencher: Bencher<'_, '_>, batch: usize) {
    let rows = chunk_facts(0);
    bencher.bench(|| {
        let mut tail = Tail::new(0);
        for piece in black_box(&rows).chunks(batch) {
            tail = tail.append(piece).expect("facts are good");
        }
        tail.seal().expect("facts are good")
    });
}

#[divan::bench(sample_count = 20, args = ["weather", "confidence", "city"])]
fn patch_a_block(bencher: Bencher<'_, '_>, field: &str) {
    let key = FieldKey::meta(field);
    let old = world().blocks.get(&(key.clone(), 0)).expect("it is there");
    let mut changes = sheaf_select::Changes::default();
    changes.add(&facts(77), &AssetFacts { ordinal: 77, ..facts(88) }).expect("facts are good");
    bencher.bench(|| changes.patch(&key, 0, Some(old)).expect("it is good"));
}

#[divan::bench(args = ["all", "half"])]
fn five_facets_and_a_histogram(bencher: Bencher<'_, '_>, of: &str) {
    let world = world();
    let within = if of == "all" {
        world.snapshot.all()
    } else {
        library(world).evaluate(&text("night", "true").clone()).expect("blocks are good")
            | library(world).evaluate(&less("hour", 12.0)).expect("blocks are good")
    };
    let run = || {
        for field in ["weather", "hour", "city", "sensor", "night"] {
            black_box(library(world).facet(&FieldKey::meta(field), &within, 10).expect("blocks are good"));
        }
        library(world).histogram(&FieldKey::meta("confidence"), &within, 20).expect("blocks are good")
    };
    run();
    bencher.bench(run);
}

#[divan::bench(args = ["weather", "confidence", "city", "frame"])]
fn page_sorted_by(bencher: Bencher<'_, '_>, field: &str) {
    let (world, by) = (world(), SortBy::Field(FieldKey::meta(field)));
    let all = world.snapshot.all();
    bencher.bench(|| library(world).page(&all, &by, true, 5_000_000, 100).expect("blocks are good"));
}

#[divan::bench]
fn page_sorted_by_name(bencher: Bencher<'_, '_>) {
    let (world, by) = (world(), SortBy::Field(FieldKey::Builtin(Builtin::Name)));
    let all = world.snapshot.all();
    bencher.bench(|| library(world).page(&all, &by, false, 5_000_000, 100).expect("blocks are good"));
}

#[divan::bench]
fn complete_a_city(bencher: Bencher<'_, '_>) {
    let world = world();
    bencher
        .bench(|| library(world).values_starting_with(&FieldKey::meta("city"), "city 00", 10).expect("good"));
}

#[divan::bench]
fn random_1_000_000_of_1_500_000(bencher: Bencher<'_, '_>) {
    let pool: RoaringBitmap =
        (0..CHUNKS * CHUNK).filter(|i| i.wrapping_mul(2_654_435_761) < 614_891_469).collect();
    bencher.bench(|| members::encode(&pick::random(black_box(&pool), 1_000_000, 42)));
}
