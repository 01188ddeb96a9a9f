//! Which shard a record goes to: MD5 of the key, even and uneven ranges, resharding, order.

use super::{Case, Told};
use crate::services::lanes::key_hash;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "md5" => hash_alone(case),
        _ => Err(case.unknown_kind()),
    }
}

fn hash_alone(case: &Case<'_>) -> Told {
    let hash = key_hash(case.input().get("partition_key")?.text()?);
    case.check("hash", hash.to_string());
    Ok(())
}
