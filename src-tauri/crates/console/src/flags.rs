//! Flagging messages: a mark of the reviewer's own, which stays on this computer.

use earmark_review::{Change, ConversationId, MessageId};

use crate::view::WorkView;
use crate::{Console, Problem};

impl Console {
    /// Flags a message, or takes its flag away. Never sent; the history keeps and exports it.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`](crate::ProblemCode::Storage) when it cannot be kept.
    pub async fn flag_message(
        &self,
        conversation: ConversationId,
        message: MessageId,
        is_set: bool,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        self.make(&session, &conversation, || Ok(vec![Change::Flag { message, is_set }])).await
    }
}
