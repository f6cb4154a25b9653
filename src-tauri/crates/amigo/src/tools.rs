//! The server's record of tool calls, `GET /v1/{organization}/tool/invocation`, 50 a minute (section 5.7): the only
//! place that says whether a call failed.

use earmark_review::{ConversationId, InteractionId, ToolId, ToolInvocation, ToolOutcome};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::call::Call;
use crate::page::all_pages;
use crate::wire::{lenient_option, or_default, page};
use crate::{Client, Endpoint, Error, Page};

impl Client {
    /// Every recorded tool call of a conversation, over all pages.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::NotFound`] and [`Error::NotSupported`] mean that the outcomes stay unknown;
    /// else see [`Error`].
    pub async fn tool_invocations(&self, conversation: &ConversationId) -> Result<Page<ToolInvocation>, Error> {
        all_pages(100, |request| async move {
            let call = request
                .on(Call::get(Endpoint::ToolInvocations, &["tool", "invocation"]))
                .query("conversation_id", conversation)
                .query("sort_by", "+created_at");
            page::<WireInvocation, _>(&self.fetch(&call).await?, "tool_invocations")
        })
        .await
    }
}

#[derive(Deserialize)]
struct WireInvocation {
    tool_id: ToolId,
    #[serde(default)]
    created_at: Option<Timestamp>,
    invocation_status: WireStatus,
    #[serde(default)]
    invocation_source: Option<WireSource>,
    #[serde(default)]
    inputs: Value,
}

#[derive(Deserialize)]
struct WireStatus {
    succeeded: bool,
    #[serde(default, deserialize_with = "or_default")]
    exception_type: String,
    #[serde(default, deserialize_with = "or_default")]
    exception_message: String,
}

#[derive(Deserialize)]
struct WireSource {
    #[serde(default, deserialize_with = "lenient_option")]
    interaction_id: Option<InteractionId>,
}

impl From<WireInvocation> for ToolInvocation {
    fn from(wire: WireInvocation) -> Self {
        let status = wire.invocation_status;
        Self {
            interaction_id: wire.invocation_source.and_then(|source| source.interaction_id),
            tool_id: wire.tool_id,
            inputs: wire.inputs,
            created_at: wire.created_at,
            outcome: match status.succeeded {
                true => ToolOutcome::Succeeded,
                false => ToolOutcome::Failed { kind: status.exception_type, message: status.exception_message },
            },
        }
    }
}
