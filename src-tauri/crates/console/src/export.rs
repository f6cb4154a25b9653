//! Writing sound to a file the reviewer chose: one message's, or the whole conversation's as it lies on the timeline.

use std::path::PathBuf;
use std::sync::Arc;

use earmark_audio::{ExportError, Recording, export_recording, export_timeline};
use earmark_review::{ConversationId, MessageId};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::console::held;
use crate::session::Session;
use crate::{Console, Problem, ProblemCode};

impl Console {
    /// Writes a message's sound as a WAV file, or the whole conversation's, at its own speed and with nothing skipped. What
    /// was not read yet is fetched first, which the server's limits may hold back for minutes; what cannot be had is left
    /// out, as it is when it is played.
    ///
    /// # Errors
    /// A [`Problem`] when there is no sound or the file cannot be written; a file that was there before stays then.
    pub async fn export_sound(
        &self,
        conversation: ConversationId,
        message: Option<MessageId>,
        path: PathBuf,
    ) -> Result<(), Problem> {
        let session = self.signed_in()?;
        let saved = match message {
            Some(message) => {
                let recording = recording(&session, &conversation, &message).await?;
                spawn_blocking(move || export_recording(&recording, &path)).await
            }
            None => {
                let open = self.heard(&session, &conversation, |hearing| hearing.timeline().clone());
                let timeline = match open {
                    Some(timeline) => timeline,
                    None => self.line_of(&session, &conversation).await?.timeline().clone(),
                };
                let here = Handle::current();
                let find = move |id: &str| {
                    let id = MessageId::new(id).ok()?;
                    here.block_on(recording(&session, &conversation, &id)).ok()
                };
                spawn_blocking(move || export_timeline(&timeline, find, &path).map(|_left_out| ())).await
            }
        };
        saved.unwrap_or(Err(ExportError::Failed)).map_err(problem)
    }
}

async fn recording(
    session: &Session,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<Arc<Recording>, Problem> {
    let kept = held(&session.sounds).peek(message).cloned();
    match kept {
        Some(recording) => Ok(recording),
        None => crate::fetching::fetch(session, &session.client, conversation, message, false).await,
    }
}

fn problem(error: ExportError) -> Problem {
    let code = match error {
        ExportError::Nothing => ProblemCode::NoAudio,
        ExportError::Failed => ProblemCode::Internal,
        _ => ProblemCode::BadInput,
    };
    Problem::new(code, error.to_string())
}
