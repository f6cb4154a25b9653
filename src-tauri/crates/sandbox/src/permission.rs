//! The permissions a caller may lack. Some are required (403), some only filter or blank what is answered.

use std::collections::BTreeSet;

/// Every permission the contract names for the calls served here, written `Object:Action`.
pub(crate) const KNOWN: &[&str] = &[
    "Conversation:CreateConversation",
    "Conversation:FinishConversation",
    "Conversation:GetConversation",
    "Conversation:GetConversationFeedback",
    "Conversation:GetInteractionFeedback",
    "Conversation:GetInteractionInsights",
    "Conversation:GetMessage",
    "Conversation:GetRecommendedResponses",
    "Conversation:InteractWithConversation",
    "Conversation:ModifyConversation",
    "Conversation:UpsertConversationFeedback",
    "Conversation:UpsertInteractionFeedback",
    "Organization:GetServiceHierarchicalStateMachine",
    "Service:GetService",
    "Service:GetVersionSet",
    "User:GetUserInfo",
    "User:UpdateUserInfo",
];

/// The permissions the signed-in user lacks.
#[derive(Debug, Default)]
pub(crate) struct Denied(BTreeSet<&'static str>);

impl Denied {
    /// Reads names written with `:` or `.`.
    ///
    /// # Errors
    /// The first name that is no permission of the contract: a misspelt one would silently deny nothing.
    pub(crate) fn parse(names: &[String]) -> Result<Self, String> {
        let mut denied = BTreeSet::new();
        for name in names {
            let spelt = name.replacen('.', ":", 1);
            let known = KNOWN.iter().find(|known| **known == spelt).ok_or_else(|| name.clone())?;
            denied.insert(*known);
        }
        Ok(Self(denied))
    }

    /// Whether the caller may do what `permission` covers.
    pub(crate) fn allows(&self, permission: &str) -> bool {
        !self.0.contains(permission)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Denied;

    #[test]
    fn both_spellings_are_read_and_others_refused() {
        let denied = Denied::parse(&["Conversation.GetMessage".into(), "User:GetUserInfo".into()]).unwrap();
        assert!(!denied.allows("Conversation:GetMessage"));
        assert!(!denied.allows("User:GetUserInfo"));
        assert!(denied.allows("Conversation:GetConversation"));
        assert_eq!(Denied::parse(&["Conversation:GetMesage".into()]).unwrap_err(), "Conversation:GetMesage");
    }
}
