//! The canonical bytes of a row and the hash of them. Keys are sorted here, so that the result does not depend on how
//! the map type of the day orders them.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Writes the metadata in its canonical form; the length of that is also what the size limit is about.
pub(super) fn write_map(map: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    if !entries.is_sorted_by(|a, b| a.0 < b.0) {
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    }
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_plain(key, out);
        out.push(b':');
        write_value(value, out);
    }
    out.push(b'}');
}

fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => write_map(map, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(item, out);
            }
            out.push(b']');
        }
        Value::String(text) => write_plain(text, out),
        plain => write_plain(plain, out),
    }
}

fn write_plain(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    // Writing numbers, texts and booleans to a Vec cannot fail.
    let _ = serde_json::to_writer(out, value);
}

/// Writes one part of the row behind its length, so that parts cannot run into each other.
pub(super) fn write_part(tag: u8, part: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(part.len() as u64).to_le_bytes());
    out.extend_from_slice(part);
}

pub(super) fn of(canonical: &[u8]) -> u64 {
    let digest = Sha256::digest(canonical);
    digest[..8].iter().fold(0, |n, &byte| n << 8 | u64::from(byte))
}
