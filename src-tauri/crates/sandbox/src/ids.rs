//! Ids and chance, both derived: the same seed and place always give the same answer.

/// A well-mixed number from two others (the finalizer of SplitMix64).
pub(crate) fn mix(seed: u64, place: u64) -> u64 {
    let mut z = seed ^ place.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number for a name (FNV-1a), to start [`mix`] from.
pub(crate) fn salt(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

/// An object id: 24 lowercase hex digits, the creation second first.
pub(crate) fn object_id(second: i64, rest: u64) -> String {
    format!("{:08x}{rest:016x}", second as u32)
}

/// Whether `id` is 24 lowercase hex digits.
pub(crate) fn is_object_id(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_contracts_form() {
        let id = object_id(0x691d_95d4, mix(7, 9));
        assert!(is_object_id(&id), "{id}");
        assert!(id.starts_with("691d95d4"), "the creation second leads: {id}");
        for wrong in ["", "abc", "691D95D4000000000000000A", "691d95d4000000000000000g", "691d95d40000000000000000a"] {
            assert!(!is_object_id(wrong), "{wrong} is no id");
        }
    }
}
