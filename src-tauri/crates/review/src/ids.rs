use std::fmt;

use serde::{Deserialize, Serialize};

/// An id that cannot name anything: empty, longer than 200 characters, with control characters, or a relative path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a usable id")]
pub struct InvalidId;

const LONGEST: usize = 200;

fn usable(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && !text.chars().any(char::is_control)
        // Either would change the path it is placed in.
        && !matches!(text, "." | "..")
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
        #[serde(try_from = "String", into = "String")]
        #[specta(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes any text that is safe to place in a path.
            ///
            /// # Errors
            /// [`InvalidId`] for text that names nothing.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if usable(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }

            /// The id as the server spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// A conversation.
    ConversationId,
    /// The messages of one exchange inside a conversation share this.
    InteractionId,
    /// A message.
    MessageId,
    /// A comment (the API's "feedback").
    CommentId,
    /// A service an organization offers.
    ServiceId,
    /// An agent that speaks for a service.
    AgentId,
    /// A tool an agent can call.
    ToolId,
    /// A person: customer, reviewer or supervisor. Free text, not an object id.
    UserId,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_would_change_a_path() {
        for bad in ["", ".", "..", "a\nb", "\u{0}"] {
            assert_eq!(ConversationId::new(bad), Err(InvalidId), "{bad:?}");
        }
        assert_eq!(ConversationId::new("x".repeat(201)), Err(InvalidId));
    }

    proptest! {
        #[test]
        fn survives_json(text in "[a-f0-9]{24}") {
            let id = MessageId::new(text.clone()).unwrap();
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(&json, &format!("\"{text}\""));
            prop_assert_eq!(serde_json::from_str::<MessageId>(&json).unwrap(), id);
        }
    }
}
