//! What an agent of another version would have said, `POST …/interaction/{i}/simulate` (section 3, older edition only).

use earmark_review::{ConversationId, InteractionId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::wire::{document, or_default};
use crate::{Client, Endpoint, Error};

/// What to run in place of what ran. The objects' fields are not public, so they are passed on as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimulateOverrides {
    /// In place of the agent's version.
    pub agent_version: Option<Value>,
    /// In place of the state machine's version.
    pub state_machine_version: Option<Value>,
}

/// What would have been said. Nothing of it is kept by the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Simulated {
    /// The agent's message.
    pub agent_message: String,
    /// Whether the conversation would have ended there.
    #[serde(default, deserialize_with = "or_default")]
    pub conversation_ended: bool,
}

impl Client {
    /// Simulates an interaction.
    ///
    /// # Errors
    /// [`Error::NotSupported`] on servers of the current edition; else see [`Error`].
    pub async fn simulate(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        overrides: &SimulateOverrides,
    ) -> Result<Simulated, Error> {
        let path = ["conversation", conversation.as_str(), "interaction", interaction.as_str(), "simulate"];
        let body = json!({
            "agent_version_override": overrides.agent_version,
            "state_machine_version_override": overrides.state_machine_version,
        });
        document(&self.fetch(&Call::post(Endpoint::Simulate, &path).json(&body)).await?)
    }
}
