//! Deterministic data in the shape of the measured prototype: eight metadata fields of mixed types, from a number.

use sheaf_store::library::NewAsset;

/// Weathers; rain is a quarter.
const WEATHER: [&str; 4] = ["clear", "rain", "snow", "fog"];
/// Assets of one day's upload.
pub const UPLOAD_SIZE: u32 = 10_000;

/// A fixed scramble of a number (SplitMix64), so that every run and every machine makes the same data.
pub fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Name of the `i`-th asset.
pub fn name(i: u64) -> String {
    format!("cam{}/{:010x}.jpg", mix(i) % 16, mix(i ^ 0xabcd) & 0xff_ffff_ffff)
}

/// Metadata of the `i`-th asset, as a JSON object: weather, hour, city, confidence, night, scene, frame, note.
pub fn metadata(i: u64) -> String {
    let r = mix(i);
    let confidence = (mix(i ^ 1) % 1_000_000) as f64 / 1_000_000.0;
    // A thousand cities; the last is rare.
    let city = ((mix(i ^ 2) % 1_000_000) as f64 / 1_000_000.0).powi(3) * 1_000.0;
    let hour = mix(i ^ 3) % 24;
    let note = if r.is_multiple_of(7) { ",\"note\":\"construction cone near the kerb\"" } else { "" };
    format!(
        "{{\"weather\":\"{}\",\"hour\":{hour},\"city\":\"city-{:03}\",\"confidence\":{confidence},\"night\":{},\
         \"scene\":\"scene-{:06}\",\"frame\":{}{note}}}",
        WEATHER[(mix(i ^ 4) % 4) as usize],
        city as u32,
        !(6..20).contains(&hour),
        i / 40,
        i % 40,
    )
}

/// The `i`-th asset, as a row at a URL.
pub fn asset(i: u64) -> NewAsset {
    let name = name(i);
    NewAsset {
        reference: None,
        media_type: "image/jpeg",
        size: Some((mix(i ^ 5) % 900_000) as i64 + 100_000),
        width: Some(1920),
        height: Some(1080),
        fingerprint: mix(i ^ 6) as i64,
        url: Some(format!("https://data.example/{name}")),
        metadata: metadata(i),
        name,
        ..NewAsset::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_the_same_for_ever() {
        assert_eq!(name(7), "cam7/bca27e231f.jpg");
        let metadata: serde_json::Value = serde_json::from_str(&metadata(12_345)).unwrap();
        assert_eq!(metadata["scene"], "scene-000308");
        let rain = (0..10_000).filter(|i| mix(i ^ 4) % 4 == 1).count();
        assert!((2_300..2_700).contains(&rain), "{rain}");
    }
}
