//! Changing a conversation's tags, `POST …/conversation/{c}/tags/`, 50 a minute (section 2.5).

use earmark_review::{ConversationId, TagEdit};
use serde_json::json;

use crate::call::Call;
use crate::{Client, Endpoint, Error};

impl Client {
    /// Makes an edit, which must have passed [`TagEdit::check`] or [`Tags::apply`](earmark_review::Tags::apply).
    /// Tags it does not name stay. Only the list tells how they stand afterwards.
    ///
    /// # Errors
    /// [`Error::Refused`] with status 400 when there would be more than 20; [`Error::NotSupported`] on servers before
    /// 2026; else see [`Error`].
    pub async fn modify_tags(&self, conversation: &ConversationId, edit: &TagEdit) -> Result<(), Error> {
        let body = json!({ "updates": edit.set, "deletes": edit.remove });
        let path = ["conversation", conversation.as_str(), "tags", ""];
        self.fetch(&Call::post(Endpoint::ModifyTags, &path).json(&body)).await.map(drop)
    }
}
