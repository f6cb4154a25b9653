//! What could be said next: `POST …/interaction/{i}/recommend_responses`, 20 a minute (section 2.9), and
//! `POST …/conversation/conversation_starter`, 10 a minute (section 2.10).

use earmark_review::{ConversationId, InteractionId, ServiceId};
use serde::Deserialize;
use serde_json::json;

use crate::call::Call;
use crate::wire::{document, lenient_list, or_default};
use crate::{Client, Endpoint, Error};

/// What to make conversation starters of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarterRequest {
    /// The service they are for.
    pub service_id: ServiceId,
    /// The version set; the server's default is "release".
    pub version_set: Option<String>,
    /// At least one.
    pub facets: Vec<String>,
    /// At least so many, 1 to 10.
    pub min_count: u8,
    /// At most so many, 1 to 10.
    pub max_count: u8,
    /// What to heed.
    pub instructions: String,
}

/// One conversation starter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Starter {
    /// What to say.
    pub prompt: String,
    /// The facets it belongs to.
    #[serde(default, deserialize_with = "or_default")]
    pub facets: Vec<String>,
}

impl Client {
    /// What the customer could answer. Servers of the older edition know the call as a GET, which takes no context.
    ///
    /// # Errors
    /// [`Error::Refused`] with status 400 for a finished conversation or an interaction that is not its latest;
    /// [`Error::NotSupported`] where neither spelling is known; else see [`Error`].
    pub async fn recommend_responses(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        context: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Recommended {
            #[serde(default, deserialize_with = "lenient_list")]
            recommended_responses: Vec<String>,
        }
        let path = ["conversation", conversation.as_str(), "interaction", interaction.as_str(), "recommend_responses"];
        let mut call = Call::post(Endpoint::RecommendResponses, &path);
        if let Some(context) = context {
            call = call.json(&json!({ "context": context }));
        }
        let bytes = match self.fetch(&call).await {
            Err(Error::NotSupported) if self.inner.options.accept_older => {
                self.fetch(&Call::get(Endpoint::RecommendResponses, &path)).await?
            }
            other => other?,
        };
        Ok(document::<Recommended>(&bytes)?.recommended_responses)
    }

    /// How a conversation with a service could begin.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown service; else see [`Error`].
    pub async fn conversation_starters(&self, request: &StarterRequest) -> Result<Vec<Starter>, Error> {
        #[derive(Deserialize)]
        struct Starters {
            #[serde(default, deserialize_with = "lenient_list")]
            prompts: Vec<Starter>,
        }
        let body = json!({
            "service_id": request.service_id,
            "service_version_set_name": request.version_set.as_deref().unwrap_or("release"),
            "facets": request.facets,
            "min_count": request.min_count,
            "max_count": request.max_count,
            "generation_instructions": request.instructions,
        });
        let call = Call::post(Endpoint::ConversationStarters, &["conversation", "conversation_starter"]).json(&body);
        Ok(document::<Starters>(&self.fetch(&call).await?)?.prompts)
    }
}
