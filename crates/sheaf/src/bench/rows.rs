//! The rows of the benchmark's library as CSV, for the peer in scripts/peer.

use std::io::Write;

use super::data;

pub(super) fn run(n: u32) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    writeln!(out, "ord,name,upload,weather,hour,city,confidence,night,scene,frame,note")?;
    for i in 0..u64::from(n) {
        let row: serde_json::Value = serde_json::from_str(&data::metadata(i))?;
        write!(out, "{i},{},{}", data::name(i), i / u64::from(data::UPLOAD_SIZE) + 1)?;
        for field in ["weather", "hour", "city", "confidence", "night", "scene", "frame", "note"] {
            match &row[field] {
                serde_json::Value::Null => write!(out, ",")?,
                serde_json::Value::String(text) => write!(out, ",{text}")?,
                other => write!(out, ",{other}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}
