//! Top by a field and cuts by values, against obvious code on random libraries.

#![allow(clippy::unwrap_used)]

#[expect(dead_code, reason = "the expressions are for the other tests")]
mod library;

use std::collections::BTreeMap;

use library::{Random, World};
use proptest::prelude::*;
use roaring::RoaringBitmap;
use sheaf_select::classes::Class;
use sheaf_select::{AssetFacts, BlockCache, CHUNK, ChunkBuilder, FieldKey, Library, Snapshot, Tail, Value};

/// The definition of top: those that have the field, by their least (descending: greatest) value, ties by ordinal.
fn naive_top(
    values: &BTreeMap<u32, Vec<Value>>,
    within: &RoaringBitmap,
    descending: bool,
    n: usize,
) -> RoaringBitmap {
    let mut keyed: Vec<(u32, Value)> = Vec::new();
    for ordinal in within {
        let mut values = values[&ordinal].clone();
        values.sort_by(|a, b| if descending { b.order(a) } else { a.order(b) });
        keyed.extend(values.into_iter().next().map(|value| (ordinal, value)));
    }
    keyed.sort_by(|a, b| {
        let order = if descending { b.1.order(&a.1) } else { a.1.order(&b.1) };
        order.then(a.0.cmp(&b.0))
    });
    keyed.into_iter().take(n).map(|k| k.0).collect()
}

/// The definition of a cut: the first class that any value of the asset is of.
fn naive_classes(
    values: &BTreeMap<u32, Vec<Value>>,
    within: &RoaringBitmap,
    classes: &[Class],
) -> Vec<RoaringBitmap> {
    let mut out = vec![RoaringBitmap::new(); classes.len()];
    for ordinal in within {
        let values = &values[&ordinal];
        let fits = |class: &Class| match class {
            Class::Missing => values.is_empty(),
            Class::AnyOf(wanted) => values.iter().any(|value| wanted.contains(value)),
        };
        if let Some(i) = classes.iter().position(fits) {
            out[i].insert(ordinal);
        }
    }
    out
}

fn some(random: &mut Random, world: &World) -> RoaringBitmap {
    let keep = 1 + random.below(3);
    world.real().iter().filter(|_| random.one_in(keep)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn top_is_the_beginning_of_the_sorted_set(
        seed: u64,
        sealed in proptest::collection::vec(prop_oneof![0usize..20, 300usize..600], 0..3),
        tail in proptest::collection::vec(1usize..200, 0..4),
    ) {
        let world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        let mut random = Random::new(seed ^ 11);
        for field in world.fields() {
            let within = some(&mut random, &world);
            let values = world.values(&field);
            for descending in [false, true] {
                let n = random.below(within.len() as usize + 2);
                let want = naive_top(&values, &within, descending, n);
                let got = library.top(&within, &field, descending, n as u64).unwrap();
                prop_assert_eq!(got, want, "{} {} {}", field, descending, n);
            }
        }
    }

    #[test]
    fn classes_are_cut_as_the_definition_says(
        seed: u64,
        sealed in proptest::collection::vec(prop_oneof![0usize..20, 300usize..600], 0..3),
        tail in proptest::collection::vec(1usize..200, 0..4),
    ) {
        let world = World::new(seed, &sealed, &tail);
        let cache = BlockCache::new(64 << 20);
        let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
        let mut random = Random::new(seed ^ 12);
        for field in world.fields() {
            let within = some(&mut random, &world);
            let values = world.values(&field);
            let mut all: Vec<Value> = values.values().flatten().cloned().collect();
            all.sort_by(Value::order);
            all.dedup();
            // Some values, some of them together, some twice, in any order; and those without.
            let mut classes = Vec::new();
            while !all.is_empty() && !random.one_in(8) {
                classes.push(Class::AnyOf((0..=random.below(3)).map(|_| random.pick(&all)).collect()));
            }
            if random.one_in(2) {
                let at = random.below(classes.len() + 1);
                classes.insert(at, Class::Missing);
            }
            let got = library.classes(&field, &within, &classes).unwrap();
            prop_assert_eq!(got, naive_classes(&values, &within, &classes), "{} {:?}", field, classes);

            // Each value on its own, in order: every asset that has the field is in exactly one, that of its least.
            let each: Vec<Class> = all.iter().map(|value| Class::AnyOf(vec![value.clone()])).collect();
            let cut = library.classes(&field, &within, &each).unwrap();
            prop_assert_eq!(&cut, &naive_classes(&values, &within, &each));
            let having = library.having(&field, &within).unwrap();
            prop_assert_eq!(cut.iter().map(|class| class.len()).sum::<u64>(), having.len());
            if !all.is_empty() {
                let i = random.below(all.len());
                prop_assert_eq!(&library.with_least(&field, &within, &all[i]).unwrap(), &cut[i]);
            }

            // A histogram's buckets over a part of what it was made of.
            if let Some(histogram) = library.histogram(&field, &within, 9).unwrap() {
                let part: RoaringBitmap = within.iter().filter(|_| random.one_in(2)).collect();
                let mut counts = library.histogram_counts(&field, &part, &histogram).unwrap();
                let rest = library.histogram_counts(&field, &(&within - part), &histogram).unwrap();
                counts.iter_mut().zip(rest).for_each(|(a, b)| *a += b);
                let whole: Vec<u64> = histogram.buckets.iter().map(|bucket| bucket.count).collect();
                prop_assert_eq!(counts, whole);
            }
        }
    }
}

/// Large enough that no cut is small: full chunks, many ties, texts that differ late, one value everywhere.
#[test]
fn top_of_full_chunks_is_exact_at_every_boundary() {
    let scramble = |o: u32| o.wrapping_mul(2_654_435_761);
    let facts = |ordinal: u32| AssetFacts {
        ordinal,
        name: format!(
            "the-same-long-beginning/{:03}/and-more/{:08x}",
            scramble(ordinal) % 3,
            scramble(ordinal)
        )
        .into(),
        upload: 1,
        uploaded_ms: 5,
        media_type: "image/png".into(),
        metadata: format!(
            r#"{{"score":{},"few":{},"text":"{}","same":1{}}}"#,
            f64::from(scramble(ordinal)) / 7.0,
            scramble(ordinal) % 4,
            ["aaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaac", "zz"][(scramble(ordinal) % 3) as usize],
            if ordinal.is_multiple_of(3) { r#","some":"x""# } else { "" },
        )
        .into(),
        ..AssetFacts::default()
    };
    let n = CHUNK * 2 + 5000;
    let mut world = World::new(1, &[], &[]);
    for chunk in 0..2 {
        let mut builder = ChunkBuilder::new(chunk);
        (chunk * CHUNK..(chunk + 1) * CHUNK).for_each(|o| builder.push(&facts(o)).unwrap());
        let blocks = builder.finish().unwrap();
        world.blocks.extend(blocks.into_iter().map(|b| ((b.field, chunk), b.data)));
    }
    let rows: Vec<AssetFacts<'_>> = (CHUNK * 2..n).map(facts).collect();
    world.snapshot = Snapshot::new(1, [1, 1].into(), Tail::new(CHUNK * 2).append(&rows).unwrap(), 1);
    let cache = BlockCache::new(256 << 20);
    let library = Library { snapshot: &world.snapshot, source: &world, cache: &cache };
    let all = world.snapshot.all();
    let name = FieldKey::Builtin(sheaf_select::Builtin::Name);
    for field in ["score", "few", "text", "same", "some"].map(FieldKey::meta).into_iter().chain([name]) {
        let values: BTreeMap<u32, Vec<Value>> =
            (0..n).map(|o| (o, facts(o).values().unwrap().remove(&field).unwrap_or_default())).collect();
        for descending in [false, true] {
            let order = naive_order(&values, descending);
            for count in [1, 2, 1000, 32_768, 43_690, 65_536, 70_001, n - 1, n] {
                let want: RoaringBitmap = order.iter().take(count as usize).copied().collect();
                let got = library.top(&all, &field, descending, u64::from(count)).unwrap();
                assert!(got == want, "{field} {descending} {count}: {} {}", got.len(), want.len());
            }
        }
    }
}

/// Ordinals with the field in order; folded once, or it takes minutes.
fn naive_order(values: &BTreeMap<u32, Vec<Value>>, descending: bool) -> Vec<u32> {
    let mut distinct: Vec<&Value> = values.values().flatten().collect();
    distinct.sort_by(|a, b| match (a, b) {
        // All texts here are in lower case.
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (a, b) => a.order(b),
    });
    distinct.dedup();
    let key = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        value => format!("{value:?}"),
    };
    let rank: std::collections::HashMap<String, i64> = distinct.into_iter().map(key).zip(0..).collect();
    let mut keyed: Vec<(i64, u32)> = Vec::new();
    for (ordinal, values) in values {
        if let Some(value) = values.first() {
            let rank = rank[&key(value)];
            keyed.push((if descending { -rank } else { rank }, *ordinal));
        }
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|k| k.1).collect()
}
