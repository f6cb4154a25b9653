/// One call of the API, as far as its budget and its name go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Section 1.1.
    SignIn,
    /// Section 1.4.
    Organization,
    /// Section 2.1.
    Conversations,
    /// Section 2.2.
    Messages,
    /// Section 2.3.
    MessageSource,
    /// Section 2.4.
    Insights,
    /// Section 2.5.
    ModifyTags,
    /// Section 2.6.
    Create,
    /// Section 2.7.
    Interact,
    /// Section 2.8.
    Finish,
    /// Section 2.9.
    RecommendResponses,
    /// Section 2.10.
    ConversationStarters,
    /// Section 3: listing, writing and deleting comments.
    Feedback,
    /// Section 3.
    Simulate,
    /// Section 5.1.
    Users,
    /// Section 5.1.
    SearchUsers,
    /// Section 5.2.
    Services,
    /// Section 5.3.
    Agents,
    /// Section 5.7.
    ToolInvocations,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::SignIn,
        Self::Organization,
        Self::Conversations,
        Self::Messages,
        Self::MessageSource,
        Self::Insights,
        Self::ModifyTags,
        Self::Create,
        Self::Interact,
        Self::Finish,
        Self::RecommendResponses,
        Self::ConversationStarters,
        Self::Feedback,
        Self::Simulate,
        Self::Users,
        Self::SearchUsers,
        Self::Services,
        Self::Agents,
        Self::ToolInvocations,
    ];

    /// Calls a minute by the contract; `None` where it states none.
    pub fn per_minute(self) -> Option<u32> {
        match self {
            Self::SignIn | Self::Create | Self::Finish => Some(5),
            Self::ConversationStarters => Some(10),
            Self::Conversations | Self::Interact => Some(15),
            Self::Messages | Self::Insights | Self::RecommendResponses | Self::Agents => Some(20),
            Self::MessageSource => Some(30),
            Self::ModifyTags | Self::SearchUsers | Self::Services | Self::ToolInvocations => Some(50),
            Self::Users => Some(60),
            Self::Organization | Self::Feedback | Self::Simulate => None,
        }
    }
}
