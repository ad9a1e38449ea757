//! The engine against the definition, on random libraries: evaluation, facets, histograms, sorting, updates.

#![allow(clippy::unwrap_used)]

mod library;

use std::collections::BTreeMap;

use library::{Random, World, expr};
use proptest::prelude::*;
use roaring::RoaringBitmap;
use sheaf_query::expr::Expr;
use sheaf_select::facet::Facet;
use sheaf_select::sort::SortBy;
use sheaf_select::{
    AssetFacts, BlockCache, Builtin, CHUNK, Changes, FieldKey, Kind, Library, Value, parse_time,
};

fn worlds() -> impl Strategy<Value = (u64, Vec<usize>, Vec<usize>)> {
    let sealed = proptest::collection::vec(prop_oneof![0usize..20, 300usize..600], 0..3);
    let tail = proptest::collection::vec(prop_oneof![3 => 1usize..6, 1 => 20usize..300], 0..6);
    (any::<u64>(), sealed, tail)
}

fn set(random: &mut Random, world: &World) -> RoaringBitmap {
    let real = world.real();
    match random.below(3) {
        0 => real,
        1 => real.iter().filter(|_| random.one_in(2)).collect(),
        _ => real.iter().filter(|_| random.one_in(40)).collect(),
    }
}

fn distinct(values: &[Value]) -> Vec<Value> {
    let mut values = values.to_vec();
    values.sort_by(Value::order);
    values.dedup();
    values
}

/// Pairs of library and query compared here; `SHEAF_PAIRS` asks for more and `SHEAF_SEED` for other ones.
const PAIRS: u64 = 3_000;

#[test]
#[expect(clippy::disallowed_methods, reason = "the campaign asks for more through the environment")]
fn the_engine_agrees_with_the_definition() {
    let number = |name: &str, otherwise: u64| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")),
        Err(_) => otherwise,
    };
    let (pairs, mut seed) = (number("SHEAF_PAIRS", PAIRS), number("SHEAF_SEED", 1));
    let mut compared = 0;
    while compared < pairs {
        let case = std::panic::catch_unwind(|| library::agree(&mut Random::new(seed)));
        compared += u64::from(case.unwrap_or_else(|panic| {
            eprintln!("SHEAF_SEED={seed} SHEAF_PAIRS=1 runs this one alone");
            std::panic::resume_unwind(panic)
        }));
        seed += 1;
    }
    eprintln!("{compared} pairs of library and query compared");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_older_high_water_hides_what_came_after((seed, sealed, tail) in worlds(), cut in any::<prop::sample::Index>()) {
        let mut world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let e = expr(&mut Random::new(seed ^ 2), &world, 3);
        let mut want =
            Library { snapshot: &world.snapshot, source: &world, cache: &cache }.evaluate(&e).unwrap();
        let high_water = cut.index(world.snapshot.n_assets as usize + 1) as u32;
        want.remove_range(high_water..);
        world.snapshot.n_assets = high_water;
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        prop_assert_eq!(library.evaluate(&e).unwrap(), want);
    }

    #[test]
    fn facets_and_histograms_count_as_the_definition((seed, sealed, tail) in worlds()) {
        let world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        let mut random = Random::new(seed ^ 3);
        for field in world.fields() {
            let within = set(&mut random, &world);
            let all = world.values(&field);
            let values: Vec<Vec<Value>> = within.iter().map(|o| distinct(&all[&o])).collect();
            let mut counts: Vec<(Value, u64)> = Vec::new();
            for value in values.iter().flatten() {
                match counts.iter_mut().find(|c| c.0 == *value) {
                    Some(c) => c.1 += 1,
                    None => counts.push((value.clone(), 1)),
                }
            }
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.order(&b.0)));
            let limit = random.below(30);
            let listed: Vec<_> = counts.iter().take(limit).cloned().collect();
            let count = values.iter().filter(|v| !v.is_empty()).count() as u64;
            let want = Facet {
                count,
                missing: within.len() - count,
                more: (counts.len() - listed.len()) as u64,
                distinct: Some(counts.len() as u64),
                values: listed.clone(),
            };
            prop_assert_eq!(library.facet(&field, &within, limit).unwrap(), want, "{}", field);
            let asked: Vec<Value> = listed.iter().map(|v| v.0.clone()).collect();
            let listed: Vec<u64> = listed.iter().map(|v| v.1).collect();
            prop_assert_eq!(library.facet_counts(&field, &within, &asked).unwrap(), listed);

            let numbers = values.iter().flatten().filter_map(|v| if let Value::Number(n) = v { Some(*n) } else { None });
            let times = values.iter().flatten().filter_map(|v| match v {
                Value::Time(ms) => Some(*ms as f64),
                Value::Text(t) => parse_time(t).map(|ms| ms as f64),
                _ => None,
            });
            let (numbers, times): (Vec<f64>, Vec<f64>) = (numbers.collect(), times.collect());
            let (kind, points) = if numbers.is_empty() { (Kind::Time, times) } else { (Kind::Number, numbers) };
            let histogram = library.histogram(&field, &within, 1 + random.below(40)).unwrap();
            prop_assert_eq!(histogram.is_some(), !points.is_empty());
            if let Some(h) = histogram {
                prop_assert_eq!(h.kind, kind);
                prop_assert_eq!(h.min, points.iter().copied().fold(f64::INFINITY, f64::min));
                prop_assert_eq!(h.max, points.iter().copied().fold(f64::NEG_INFINITY, f64::max));
                for b in h.buckets {
                    prop_assert_eq!(b.count, points.iter().filter(|p| b.from <= **p && **p < b.to).count() as u64);
                }
            }
        }
    }

    #[test]
    fn a_page_is_a_slice_of_the_sorted_set((seed, sealed, tail) in worlds()) {
        let world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        let mut random = Random::new(seed ^ 4);
        for field in world.fields() {
            let within = set(&mut random, &world);
            let values = world.values(&field);
            for descending in [false, true] {
                let mut keyed: Vec<(u32, Option<Value>)> = within
                    .iter()
                    .map(|o| {
                        let sorted = distinct(&values[&o]);
                        (o, if descending { sorted.last() } else { sorted.first() }.cloned())
                    })
                    .collect();
                keyed.sort_by(|a, b| match (&a.1, &b.1) {
                    (Some(x), Some(y)) => {
                        if descending { y.order(x) } else { x.order(y) }.then(a.0.cmp(&b.0))
                    }
                    (x, y) => x.is_none().cmp(&y.is_none()).then(a.0.cmp(&b.0)),
                });
                let want: Vec<u32> = keyed.into_iter().map(|k| k.0).collect();
                let offset = random.below(want.len() + 2);
                let limit = random.below(want.len() + 2);
                let by = SortBy::Field(field.clone());
                let got = library.page(&within, &by, descending, offset as u64, limit).unwrap();
                let want: Vec<u32> = want.into_iter().skip(offset).take(limit).collect();
                prop_assert_eq!(got, want, "{} {} {}..+{}", field, descending, offset, limit);
            }
            let offset = random.below(within.len() as usize + 2);
            let up = library.page(&within, &SortBy::Ordinal, false, offset as u64, 10).unwrap();
            prop_assert_eq!(up, within.iter().skip(offset).take(10).collect::<Vec<_>>());
            let down = library.page(&within, &SortBy::Ordinal, true, offset as u64, 10).unwrap();
            prop_assert_eq!(down, within.iter().rev().skip(offset).take(10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn fields_that_change_are_told((seed, sealed, tail) in worlds()) {
        let mut world = World::new(seed, &sealed, &tail);
        let old = world.assets.clone();
        world.edit(&mut Random::new(seed ^ 5));
        for ((old, _), (new, _)) in old.iter().zip(&world.assets) {
            let mut changes = Changes::default();
            changes.add(old, new).unwrap();
            let fields: Vec<FieldKey> = changes.fields().cloned().collect();
            for field in world.fields() {
                let values = |f: &AssetFacts<'_>| distinct(&f.values().unwrap().remove(&field).unwrap_or_default());
                prop_assert_eq!(values(old) != values(new), fields.contains(&field));
            }
        }
    }

    #[test]
    fn statistics_and_completion_count_as_the_definition((seed, sealed, tail) in worlds()) {
        let world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        for field in world.fields() {
            let values: Vec<Vec<Value>> = world.values(&field).values().map(|v| distinct(v)).collect();
            let all = distinct(&values.concat());
            let stats = library.field_stats(&field).unwrap();
            prop_assert_eq!(stats.count, values.iter().filter(|v| !v.is_empty()).count() as u64);
            prop_assert_eq!(stats.distinct, Some(all.len() as u64));
            prop_assert_eq!(stats.min.as_ref(), all.first());
            prop_assert_eq!(stats.max.as_ref(), all.last());
            let mut kinds: Vec<Kind> = all.iter().map(Value::kind).collect();
            kinds.dedup();
            prop_assert_eq!(stats.kinds, kinds);
            let times = all.iter().any(|v| matches!(v, Value::Text(t) if parse_time(t).is_some()));
            prop_assert_eq!(stats.has_text_times, times);
        }
        let weather = FieldKey::meta("weather");
        let all = world.values(&weather);
        let rain = |exact: &str| {
            let t = Value::Text(exact.into());
            (t.clone(), all.values().filter(|v| v.contains(&t)).count() as u64)
        };
        let mut want = vec![rain("Rain"), rain("rain")];
        want.retain(|v| v.1 > 0);
        want.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.order(&b.0)));
        prop_assert_eq!(library.values_starting_with(&weather, "RA", 10).unwrap(), want);
    }
}

#[test]
fn full_chunks_seal_out_of_the_tail_and_answer_the_same() {
    let facts = |ordinal: u32| AssetFacts {
        ordinal,
        // Many bytes in common after a first difference, so that sorting has to look deep.
        name: format!(
            "{}/the-same-long-part/{:08}.jpg",
            ["Alpha", "beta"][ordinal as usize % 2],
            ordinal.wrapping_mul(2_654_435_761) >> 8
        )
        .into(),
        upload: 1 + i64::from(ordinal / 1000),
        uploaded_ms: 1_795_132_800_000 + i64::from(ordinal),
        media_type: "image/jpeg".into(),
        size: Some(u64::from(ordinal) * 7),
        metadata: format!(
            r#"{{"weather":"{}","hour":{},"confidence":{},"city":"city {:04}","tags":["t{}","t{}"]}}"#,
            ["rain", "snow", "sun", "fog"][ordinal as usize % 4],
            ordinal % 24,
            f64::from(ordinal.wrapping_mul(2_654_435_761)) / f64::from(u32::MAX),
            ordinal.wrapping_mul(2_654_435_761) >> 22,
            ordinal % 5,
            ordinal % 7,
        )
        .into(),
        ..AssetFacts::default()
    };
    let n = CHUNK * 2 + 3000;
    let mut tail = sheaf_select::Tail::new(0);
    let mut world = World::new(1, &[], &[]);
    let mut next = 0;
    for size in [1, 1, 5, 30_000, 9_000, 70_000, 1, 1].into_iter().chain(std::iter::repeat(8000)) {
        let rows: Vec<AssetFacts<'_>> = (next..(next + size).min(n)).map(facts).collect();
        if rows.is_empty() {
            break;
        }
        next += rows.len() as u32;
        tail = tail.append(&rows).unwrap();
    }
    assert!(tail.append(&[facts(0)]).is_err(), "gaps are refused");
    assert_eq!((tail.base(), tail.len()), (0, n));
    let unsealed = sheaf_select::Snapshot::new(1, [].into(), tail.clone(), 1);
    let mut sealed = 0;
    while let Some((chunk, blocks, rest)) = tail.seal().unwrap() {
        assert_eq!(chunk, sealed);
        sealed += 1;
        world.blocks.extend(blocks.into_iter().map(|b| ((b.field, chunk), b.data)));
        tail = rest;
    }
    assert_eq!((sealed, tail.base(), tail.len()), (2, 2 * CHUNK, 3000));
    world.snapshot = sheaf_select::Snapshot::new(1, [7, 7].into(), tail, 2);
    let cache = BlockCache::new(256 << 20);
    let before = Library { snapshot: &unsealed, source: &world, cache: &cache };
    let after = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
    let mut random = Random::new(5);
    let mut model = World::new(1, &[], &[]);
    model.assets = (0..200).map(|i| (facts(i * 600), Default::default())).collect();
    for _ in 0..60 {
        let e = expr(&mut random, &model, 2);
        assert_eq!(before.evaluate(&e).unwrap(), after.evaluate(&e).unwrap(), "{e:?}");
        assert_eq!(after.evaluate(&e).unwrap() & model.real(), model_answer(&model, &e), "{e:?}");
    }
    let all = world.snapshot.all();
    for field in ["weather", "hour", "confidence", "city", "tags"].map(FieldKey::meta) {
        assert_eq!(before.facet(&field, &all, 9).unwrap(), after.facet(&field, &all, 9).unwrap());
        assert_eq!(before.histogram(&field, &all, 9).unwrap(), after.histogram(&field, &all, 9).unwrap());
        for (descending, offset) in [(false, 0), (true, 100_000), (false, 134_000)] {
            let by = SortBy::Field(field.clone());
            let a = before.page(&all, &by, descending, offset, 50).unwrap();
            assert_eq!(a, after.page(&all, &by, descending, offset, 50).unwrap());
        }
    }
    let values: Vec<BTreeMap<FieldKey, Vec<Value>>> = (0..n).map(|o| facts(o).values().unwrap()).collect();
    let meta = ["weather", "confidence", "city", "tags"].map(FieldKey::meta);
    for field in
        meta.into_iter().chain([Builtin::Name, Builtin::Uploaded, Builtin::Upload].map(FieldKey::Builtin))
    {
        let sorted: Vec<Vec<Value>> = values.iter().map(|v| distinct(&v[&field])).collect();
        let mut order: Vec<u32> = (0..n).collect();
        let fold = |v: &Value| if let Value::Text(t) = v { sheaf_select::fold(t) } else { String::new() };
        for descending in [false, true] {
            let key = |o: u32| {
                let values = &sorted[o as usize];
                if descending { values[values.len() - 1].clone() } else { values[0].clone() }
            };
            // All texts here differ by their folded form, if at all.
            let keys: Vec<(Value, String)> = (0..n).map(key).map(|v| (v.clone(), fold(&v))).collect();
            order.sort_by(|a, b| {
                let (x, y) = (&keys[*a as usize], &keys[*b as usize]);
                let by_value = match (&x.0, &y.0) {
                    (Value::Text(_), Value::Text(_)) => x.1.cmp(&y.1),
                    (x, y) => x.order(y),
                };
                if descending { by_value.reverse() } else { by_value }.then(a.cmp(b))
            });
            for offset in [0usize, 1, 33_333, 65_536, 100_001, n as usize - 20] {
                let by = SortBy::Field(field.clone());
                let got = after.page(&all, &by, descending, offset as u64, 40).unwrap();
                assert_eq!(
                    got,
                    order[offset..(offset + 40).min(n as usize)],
                    "{field} {descending} {offset}"
                );
            }
        }
    }
    assert_eq!(after.facet(&FieldKey::Builtin(Builtin::Name), &all, 9).unwrap().distinct, None);
}

/// Fields outside the blocks are answered by the world, which knows no assets here.
fn model_answer(model: &World, e: &Expr) -> RoaringBitmap {
    let blank: Vec<_> = model.assets.iter().map(|(f, _)| f.clone()).collect();
    let none = sheaf_select::naive::State::default();
    blank
        .iter()
        .filter(|f| sheaf_select::naive::matches(&without_state(e), &f.values().unwrap(), &none))
        .map(|f| f.ordinal)
        .collect()
}

fn without_state(e: &Expr) -> Expr {
    match e {
        Expr::And(all) => Expr::And(all.iter().map(without_state).collect()),
        Expr::Or(any) => Expr::Or(any.iter().map(without_state).collect()),
        Expr::Not(e) => Expr::Not(Box::new(without_state(e))),
        Expr::Test(field, _)
            if FieldKey::of(field).is_none_or(|f| f == FieldKey::Builtin(Builtin::Upload))
                && *field != sheaf_query::expr::Field::NameOrRef =>
        {
            Expr::Nothing
        }
        e => e.clone(),
    }
}
