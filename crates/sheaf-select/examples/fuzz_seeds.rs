//! Writes what the fuzzer begins with: `fuzz_seeds FOLDER` puts queries of the manual, real blocks and real members there.

use std::path::Path;

use roaring::RoaringBitmap;
use sheaf_select::{AssetFacts, ChunkBuilder, members};

const MANUAL: &str = include_str!("../../../docs/query-language.md");

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("a folder");
    let put = |target: &str, n: usize, bytes: &[u8]| {
        let folder = Path::new(&folder).join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{n}")), bytes)
    };
    for (n, query) in MANUAL.split('`').skip(1).step_by(2).enumerate() {
        put("query", n, query.as_bytes())?;
    }
    let forms: [fn(u32) -> String; 8] = [
        |i| format!("{}", i % 5),
        |i| format!("{}", f64::from(i) / 7.0),
        |i| format!("{}", i * 1000),
        |i| format!("\"text {}\"", i % 3),
        |i| format!("\"Text {i}\""),
        |i| format!("\"2026-11-{:02}\"", 1 + i % 28),
        |i| format!("[{}, true, \"t{}\"]", i % 9, i % 4),
        |i| if i % 3 == 0 { "null".into() } else { format!("{}", i * i) },
    ];
    for (n, form) in forms.iter().enumerate() {
        for (m, rows) in [3, 40, 600].into_iter().enumerate() {
            let mut builder = ChunkBuilder::new(0);
            for ordinal in 0..rows {
                let metadata = format!("{{\"f\":{}}}", form(ordinal)).into();
                builder.push(&AssetFacts { ordinal, metadata, ..AssetFacts::default() }).expect("good facts");
            }
            for block in builder.finish().expect("good facts") {
                // The targets put version and checksum in front themselves.
                if block.field.to_string() == "f" {
                    put("blocks", n * 10 + m, &block.data[5..])?;
                }
            }
        }
    }
    let sets: [RoaringBitmap; 4] = [
        (0..65_536).collect(),
        (0..65_536).step_by(2).collect(),
        [1, 5, 9, 70].into_iter().collect(),
        (10..900).chain(3000..3100).collect(),
    ];
    for (n, set) in sets.iter().enumerate() {
        put("members", n, &members::encode(set)[0].data[5..])?;
    }
    Ok(())
}
