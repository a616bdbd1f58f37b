//! Maps with numbers for keys as sorted lists of pairs: the same bytes for the same content, in any format.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S: Serializer>(map: &HashMap<u64, f64>, to: S) -> Result<S::Ok, S::Error> {
    let mut pairs: Vec<(u64, f64)> = map.iter().map(|(key, value)| (*key, *value)).collect();
    pairs.sort_unstable_by_key(|(key, _)| *key);
    pairs.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<HashMap<u64, f64>, D::Error> {
    Ok(Vec::<(u64, f64)>::deserialize(from)?.into_iter().collect())
}
