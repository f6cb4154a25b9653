//! A look at an MP4's index before it is trusted with memory.
//!
//! Symphonia reserves as many places as a table says it has entries: one flipped bit asks for 17 GB, and an allocation that
//! fails cannot be caught. Invariant: in an index that passes, boxes lie within their parents and no table says it is larger
//! than its box (ISO/IEC 14496-12, 4.2 and 8.6 to 8.7).

/// One box: its kind, its body, and whether all of it lies within what encloses it.
struct Part<'a> {
    kind: [u8; 4],
    body: &'a [u8],
    whole: bool,
}

/// Whether every table in the index fits into the box that holds it. A file that ends in mid-sound passes.
pub(crate) fn has_sound_index(bytes: &[u8]) -> bool {
    parts(bytes).all(|part| &part.kind != b"moov" || is_sound(part.body))
}

fn is_sound(container: &[u8]) -> bool {
    parts(container).all(|part| {
        part.whole
            && match &part.kind {
                b"trak" | b"mdia" | b"minf" | b"stbl" => is_sound(part.body),
                b"stts" | b"co64" => table_fits(part.body, 4, 8),
                b"stsc" => table_fits(part.body, 4, 12),
                b"stco" => table_fits(part.body, 4, 4),
                // Samples that are all of one size need no table.
                b"stsz" => number(part.body, 4).is_some_and(|size| size != 0) || table_fits(part.body, 8, 4),
                _ => true,
            }
    })
}

/// Whether the entries counted at `at` fit into what follows.
fn table_fits(body: &[u8], at: usize, entry_bytes: usize) -> bool {
    number(body, at).is_some_and(|count| count <= (body.len() - at - 4) / entry_bytes)
}

/// The boxes laid end to end in `bytes`. Whatever does not fit is the last one and not whole.
fn parts(mut rest: &[u8]) -> impl Iterator<Item = Part<'_>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = split_part(rest).unwrap_or((Part { kind: [0; 4], body: &[], whole: false }, &[]));
        rest = after;
        Some(part)
    })
}

/// `None` when there is not even a header.
fn split_part(bytes: &[u8]) -> Option<(Part<'_>, &[u8])> {
    let kind = bytes.get(4..8)?.try_into().ok()?;
    let (header, length) = match number(bytes, 0)? {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?)).ok()?),
        length => (8, length),
    };
    let end = length.min(bytes.len());
    let body = bytes.get(header..end)?;
    Some((Part { kind, body, whole: end == length }, &bytes[end..]))
}

/// The 32-bit number at `at`.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    /// A file whose index holds one table of `body`.
    fn file(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let path = [b"stbl", b"minf", b"mdia", b"trak", b"moov"];
        let index = path.iter().fold(part(kind, body), |inner, kind| part(kind, &inner));
        [part(b"ftyp", b"M4A "), index, part(b"mdat", &[7; 40])].concat()
    }

    #[test]
    fn tables_hold_what_they_say() {
        for (kind, entry_bytes) in [(b"stsc", 12), (b"stco", 4), (b"stts", 8), (b"co64", 8)] {
            let table = |count: u32| [&[0; 4][..], &count.to_be_bytes(), &vec![1; 3 * entry_bytes]].concat();
            assert!(has_sound_index(&file(kind, &table(3))), "{kind:?}");
            assert!(!has_sound_index(&file(kind, &table(4))), "{kind:?} is one entry short");
            assert!(!has_sound_index(&file(kind, &table(0x4000_0003))), "{kind:?} with one bit flipped");
            assert!(!has_sound_index(&file(kind, &[0; 4])), "{kind:?} without a count");
        }
    }

    #[test]
    fn sizes_need_a_table_only_when_they_differ() {
        let sizes = |common: u32| [&[0; 4][..], &common.to_be_bytes(), &1_000_u32.to_be_bytes()].concat();
        assert!(has_sound_index(&file(b"stsz", &sizes(2))));
        assert!(!has_sound_index(&file(b"stsz", &sizes(0))));
    }

    #[test]
    fn sound_may_be_cut_short_but_the_index_may_not() {
        let whole = file(b"stco", &[0; 8]);
        assert!(has_sound_index(&whole[..whole.len() - 30]));
        assert!(!has_sound_index(&whole[..whole.len() - 50]));
    }

    #[test]
    fn a_box_may_not_reach_out_of_its_parent() {
        let mut bytes = file(b"stco", &[0; 8]);
        let length_of_table = bytes.windows(4).position(|window| window == b"stco").map_or(0, |at| at - 1);
        bytes[length_of_table] += 1;
        assert!(!has_sound_index(&bytes));
    }
}
