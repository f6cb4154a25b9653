//! The agents of an organization, `GET /v1/{organization}/organization/agent`, 20 a minute (section 5.3).

use earmark_review::{Agent, AgentId};
use serde::Deserialize;

use crate::call::Call;
use crate::page::all_pages;
use crate::wire::{or_default, page};
use crate::{Client, Endpoint, Error};

impl Client {
    /// Every agent.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn agents(&self) -> Result<Vec<Agent>, Error> {
        let all = all_pages(20, |request| async move {
            let call = request.on(Call::get(Endpoint::Agents, &["organization", "agent"]));
            page::<WireAgent, _>(&self.fetch(&call).await?, "agents")
        });
        Ok(all.await?.items)
    }
}

#[derive(Deserialize)]
struct WireAgent {
    id: AgentId,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

impl From<WireAgent> for Agent {
    fn from(wire: WireAgent) -> Self {
        Self { id: wire.id, name: wire.name }
    }
}
