use bytes::BytesMut;

use crate::Error;

/// A line longer than this is no event: a piece of speech is some hundred kilobytes.
const LONGEST: usize = 16 << 20;

/// Lines out of pieces that are cut anywhere. Pure.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    unread: BytesMut,
    /// How far `unread` was searched for the end of a line, so that no byte is searched twice.
    searched: usize,
}

impl Lines {
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        if self.unread.len() + piece.len() > LONGEST {
            return Err(Error::TooLarge);
        }
        self.unread.extend_from_slice(piece);
        Ok(())
    }

    /// The next whole line that is not blank.
    pub(crate) fn next(&mut self) -> Option<BytesMut> {
        loop {
            let Some(end) = self.unread[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.unread.len();
                return None;
            };
            let line = self.unread.split_to(self.searched + end + 1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
    }

    /// What is left when nothing more comes: the last line may lack its end.
    pub(crate) fn rest(&mut self) -> Option<BytesMut> {
        self.searched = 0;
        Some(self.unread.split()).filter(|rest| !rest.trim_ascii().is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.push(piece).unwrap();
            while let Some(line) = lines.next() {
                found.push(line.trim_ascii().to_vec());
            }
        }
        found.extend(lines.rest().map(|line| line.trim_ascii().to_vec()));
        found
    }

    proptest! {
        #[test]
        fn wherever_it_is_cut_the_lines_are_the_same(text in "[ab é\n\r]{0,80}", cuts in proptest::collection::vec(0usize..200, 0..12)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let expected: Vec<Vec<u8>> =
                bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii().to_vec()).filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(all(&pieces), expected);
        }
    }

    #[test]
    fn a_line_without_end_is_too_large() {
        let mut lines = Lines::default();
        let piece = vec![b'x'; LONGEST / 4];
        for _ in 0..4 {
            lines.push(&piece).unwrap();
            assert_eq!(lines.next(), None);
        }
        assert!(matches!(lines.push(b"x"), Err(Error::TooLarge)));
    }
}
