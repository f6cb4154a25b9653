use std::fmt;

/// Where an edit is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditState {
    /// Saved here; not to be sent before it is due.
    Waiting,
    /// Handed to the network. Found at start, nobody knows whether it arrived; its owner notes as JSON what will tell.
    Sending(String),
    /// The server has it.
    Sent,
    /// It waits for the reviewer, for a reason its owner writes as JSON.
    NeedsYou(String),
    /// Taken back before it was sent, or given up.
    Undone,
}

/// A step an edit cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("A change that is {from} cannot become {to}.")]
pub struct TransitionRefused {
    /// Where it is.
    pub from: &'static str,
    /// Where it was to go.
    pub to: &'static str,
}

impl EditState {
    /// Goes to the next state.
    ///
    /// # Errors
    /// [`TransitionRefused`]: what is sent or undone stays so, and what is being sent cannot be taken back before it is
    /// known whether it arrived.
    pub fn go(&self, next: Self) -> Result<Self, TransitionRefused> {
        let allowed = match self {
            Self::Waiting => matches!(next, Self::Sending(_) | Self::NeedsYou(_) | Self::Undone),
            // Back to waiting when it is known not to have arrived.
            Self::Sending(_) => matches!(next, Self::Waiting | Self::Sent | Self::NeedsYou(_)),
            // Sent when it turns out to be there already; another reason may take the place of the first.
            Self::NeedsYou(_) => matches!(next, Self::Waiting | Self::Sent | Self::NeedsYou(_) | Self::Undone),
            Self::Sent | Self::Undone => false,
        };
        if allowed { Ok(next) } else { Err(TransitionRefused { from: self.words(), to: next.words() }) }
    }

    /// Whether something remains to be done.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sending(_) | Self::NeedsYou(_))
    }

    pub(super) fn column(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending(_) => "sending",
            Self::Sent => "sent",
            Self::NeedsYou(_) => "needs_you",
            Self::Undone => "undone",
        }
    }

    pub(super) fn note(&self) -> Option<&str> {
        if let Self::Sending(note) | Self::NeedsYou(note) = self { Some(note) } else { None }
    }

    pub(super) fn from_columns(state: &str, note: Option<String>) -> Option<Self> {
        let note = note.unwrap_or_default();
        Some(match state {
            "waiting" => Self::Waiting,
            "sending" => Self::Sending(note),
            "sent" => Self::Sent,
            "needs_you" => Self::NeedsYou(note),
            "undone" => Self::Undone,
            _ => return None,
        })
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting to be sent",
            Self::Sending(_) => "being sent",
            Self::Sent => "sent",
            Self::NeedsYou(_) => "waiting for you",
            Self::Undone => "undone",
        }
    }
}

impl fmt::Display for EditState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EditState::{NeedsYou, Sending, Sent, Undone, Waiting};

    #[test]
    fn every_step_is_allowed_or_refused_as_written() {
        let all = || [Waiting, Sending(String::new()), Sent, NeedsYou("{}".into()), Undone];
        // Rows from, columns to, in the order above.
        let allowed = [
            [false, true, false, true, true],
            [true, false, true, true, false],
            [false, false, false, false, false],
            [true, false, true, true, true],
            [false, false, false, false, false],
        ];
        for (from, row) in all().iter().zip(allowed) {
            for (to, expected) in all().into_iter().zip(row) {
                assert_eq!(from.go(to.clone()).is_ok(), expected, "from {from} to {to}");
            }
        }
    }

    #[test]
    fn only_what_is_over_goes_nowhere() {
        for state in [Waiting, Sending(String::new()), Sent, NeedsYou(String::new()), Undone] {
            let goes = state.go(NeedsYou("again".into())).is_ok();
            assert_eq!(state.is_open(), goes, "{state}");
        }
    }

    #[test]
    fn survives_its_columns() {
        for state in [Waiting, Sending("2".into()), Sent, NeedsYou("\"why\"".into()), Undone] {
            let again = EditState::from_columns(state.column(), state.note().map(str::to_owned));
            assert_eq!(again.as_ref(), Some(&state));
        }
        assert_eq!(EditState::from_columns("posted", None), None);
    }
}
