//! What happened in a conversation, turn by turn, for its timeline.

use earmark_review::{
    ConversationId, Insight, Interaction, InteractionId, MessageKind, ToolInvocation, ToolOutcome, Transcript,
};

use crate::console::held;
use crate::session::Session;
use crate::view::{MarkerKind, MarkerView};
use crate::{Console, Problem};

/// A marker's label is one line; longer ones are cut.
const LONGEST_LABEL: usize = 120;

impl Console {
    /// What is known of what happened in a conversation, in order. While it is open the rest is read in the background; if
    /// its sound is open as well, the player's revision rises whenever there is more.
    ///
    /// # Errors
    /// A [`Problem`] when the transcript cannot be read.
    pub async fn read_markers(&self, conversation: ConversationId) -> Result<Vec<MarkerView>, Problem> {
        let session = self.signed_in()?;
        let read = self.as_opened(&session, &conversation).await?;
        Ok(session.markers(&conversation, &read.transcript))
    }
}

impl Session {
    /// The markers of a conversation as far as they are known.
    pub(crate) fn markers(&self, conversation: &ConversationId, transcript: &Transcript) -> Vec<MarkerView> {
        let mut library = held(&self.library);
        let opened = library.opened(conversation);
        let invocations = opened.invocations.as_deref().map_or(&[][..], |read| &read.invocations);
        markers(transcript, |id| opened.insights.get(id), invocations)
    }
}

/// The markers of all interactions whose insight is known.
fn markers<'a>(
    transcript: &Transcript,
    insight_of: impl Fn(&InteractionId) -> Option<&'a Insight>,
    invocations: &[ToolInvocation],
) -> Vec<MarkerView> {
    let mut markers = Vec::new();
    for interaction in &transcript.interactions {
        if let Some(insight) = insight_of(&interaction.id) {
            let mut insight = insight.clone();
            insight.match_outcomes(&interaction.id, invocations);
            mark(interaction, insight, &mut markers);
        }
    }
    markers
}

fn mark(interaction: &Interaction, mut insight: Insight, markers: &mut Vec<MarkerView>) {
    let said = interaction.messages.iter().find(|message| message.kind == MessageKind::Agent);
    let Some(turn) = said.or(interaction.messages.first()) else { return };
    let mut add = |kind: MarkerKind, label: &str| {
        markers.push(MarkerView {
            kind,
            interaction_id: interaction.id.clone(),
            message_id: turn.id.clone(),
            label: short(label),
        });
    };
    // Where the way leads, not every state on it: a reviewer looks for a change, not for a detour.
    if let Some(first) = insight.transitions.first()
        && first.from != insight.state
    {
        add(MarkerKind::State, &format!("{} → {}", first.from, insight.state));
    }
    for call in insight.calls_mut() {
        let failed = matches!(call.outcome, ToolOutcome::Failed { .. });
        add(if failed { MarkerKind::ToolFailed } else { MarkerKind::Tool }, &call.name);
    }
    for reflection in &insight.reflections {
        add(MarkerKind::Reflection, reflection);
    }
}

/// One line of at most [`LONGEST_LABEL`] characters.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_LABEL) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_review::{Message, MessageFormat, MessageId, ToolCall, ToolId, Transition, TransitionKind};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn message(id: &str, interaction: &str, kind: MessageKind, second: i64) -> Message {
        Message {
            id: MessageId::new(id).unwrap(),
            interaction_id: InteractionId::new(interaction).unwrap(),
            created_at: Timestamp::from_second(second).unwrap(),
            sender: String::new(),
            text: String::new(),
            format: MessageFormat::Voice,
            kind,
        }
    }

    fn call(tool: &str) -> ToolCall {
        ToolCall {
            name: tool.into(),
            tool_id: ToolId::new(tool).unwrap(),
            version: String::new(),
            input: json!({}),
            output: Some("error: this text decides nothing".into()),
            duration_ms: 1,
            outcome: ToolOutcome::Unknown,
        }
    }

    #[test]
    fn each_turn_is_marked_with_what_happened_in_it() {
        let transcript = Transcript::from_messages(vec![
            message("question", "first", MessageKind::User, 1),
            message("answer", "first", MessageKind::Agent, 2),
            message("event", "second", MessageKind::ExternalEvent, 3),
            message("unread", "third", MessageKind::Agent, 4),
        ]);
        let step =
            |from: &str, to: &str| Transition { from: from.into(), to: to.into(), kind: TransitionKind::Jumpback };
        let first = Insight {
            state: "check".into(),
            transitions: vec![step("greet", "recall"), step("recall", "check")],
            engage_user_calls: vec![vec![call("book"), call("look")]],
            reflections: vec!["  Ask \n about sleep. ".into()],
            ..Insight::default()
        };
        // Back where it was: no change of state.
        let second = Insight {
            state: "check".into(),
            transitions: vec![step("check", "recall"), step("recall", "check")],
            ..Insight::default()
        };
        let failed = ToolInvocation {
            interaction_id: Some(InteractionId::new("first").unwrap()),
            tool_id: ToolId::new("book").unwrap(),
            inputs: json!({}),
            created_at: None,
            outcome: ToolOutcome::Failed { kind: "Timeout".into(), message: String::new() },
        };
        let insight_of = |id: &InteractionId| match id.as_str() {
            "first" => Some(&first),
            "second" => Some(&second),
            _ => None,
        };
        let marked = markers(&transcript, insight_of, &[failed]);
        let told: Vec<_> =
            marked.iter().map(|marker| (marker.kind, marker.message_id.as_str(), marker.label.as_str())).collect();
        assert_eq!(
            told,
            [
                (MarkerKind::State, "answer", "greet → check"),
                (MarkerKind::ToolFailed, "answer", "book"),
                (MarkerKind::Tool, "answer", "look"),
                (MarkerKind::Reflection, "answer", "Ask about sleep."),
            ]
        );
    }

    #[test]
    fn a_label_is_one_short_line() {
        assert_eq!(short("a\nb"), "a b");
        assert_eq!(short(&"ü".repeat(LONGEST_LABEL)).chars().count(), LONGEST_LABEL);
        assert_eq!(short(&"ü".repeat(1_000)).chars().count(), LONGEST_LABEL + 1);
    }
}
