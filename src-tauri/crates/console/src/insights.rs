//! Why the agent did what it did.

use std::sync::Arc;

use earmark_amigo::{Client, Error as AmigoError};
use earmark_review::{
    ConversationId, Insight, InteractionId, ToolCall, ToolOutcome, ToolRound, Transition, TransitionKind,
};
use earmark_store::{Kept, ReadInsight, ReadInvocations};

use crate::console::held;
use crate::session::Session;
use crate::view::{InsightView, MemoryView, OutcomeView, StepView, ToolCallView, ToolGroupView};
use crate::{Console, Problem};

impl Console {
    /// One interaction's insight. What cannot change any more is not asked for again, unless `refresh`; where the server
    /// cannot be asked, what was read before is shown of any.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be read and was not. Records of tool calls that cannot be read are no problem: whether the
    /// calls worked is then unknown, and the view says why.
    pub async fn read_insight(
        &self,
        conversation: ConversationId,
        interaction: InteractionId,
        refresh: bool,
    ) -> Result<InsightView, Problem> {
        let session = self.signed_in()?;
        let read = session.insight(&session.client, &conversation, &interaction, refresh).await;
        let (mut insight, mut kept_since) = match read {
            Err(problem) if problem.is_no_connection() => {
                let kept = session.recall_insight(&conversation, &interaction).await.ok_or(problem)?;
                (kept.value.insight, Some(kept.read_at))
            }
            read => (read?, None),
        };
        let outcomes_unknown = if insight.calls_mut().next().is_none() {
            None
        } else {
            match session.tool_invocations(&session.client, &conversation, refresh).await {
                Ok(records) => {
                    insight.match_outcomes(&interaction, &records.invocations);
                    None
                }
                Err(cause) => match session.recall_invocations(&conversation, &cause).await {
                    Some(kept) => {
                        insight.match_outcomes(&interaction, &kept.value.invocations);
                        // What is shown is as old as the older of the two.
                        kept_since = Some(kept_since.map_or(kept.read_at, |since| since.min(kept.read_at)));
                        None
                    }
                    None => Some(unknown(&cause)),
                },
            }
        };
        let kept_since = kept_since.map(|since| since.to_string());
        Ok(view(insight, outcomes_unknown, kept_since))
    }
}

impl Session {
    /// An insight; one that cannot change any more is not asked for again, unless `refresh`.
    pub(crate) async fn insight(
        &self,
        client: &Client,
        conversation: &ConversationId,
        interaction: &InteractionId,
        refresh: bool,
    ) -> Result<Insight, Problem> {
        if let Some(insight) = self.known_insight(conversation, interaction).filter(|_| !refresh) {
            return Ok(insight);
        }
        let request = self.insights_under_way.join(interaction.clone(), client);
        let (client, _turn) = request.turn().await;
        if !refresh {
            if let Some(insight) = self.known_insight(conversation, interaction) {
                return Ok(insight);
            }
            if let Some(insight) = self.kept_insight(conversation, interaction).await {
                return Ok(insight);
            }
        }
        // Looked at before the call: what a conversation gives while it goes on is not its last word.
        let goes_on = !held(&self.library).is_finished(conversation);
        let call = client.insight(conversation, interaction);
        let insight = self.look_ahead.unless_left(client, conversation, call).await?;
        let (id, of, at) = (conversation.clone(), interaction.clone(), self.now());
        let kept = ReadInsight { insight: insight.clone(), goes_on };
        self.remember(move |store| store.put_insight(&id, &of, &kept, at));
        held(&self.library).opened(conversation).insights.insert(interaction.clone(), insight.clone());
        Ok(insight)
    }

    /// An insight as the pane shows it, if it and everything that belongs to it is here and cannot change any more.
    pub(crate) fn insight_here(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
    ) -> Option<InsightView> {
        let mut insight = self.known_insight(conversation, interaction)?;
        if insight.calls_mut().next().is_none() {
            return Some(view(insight, None, None));
        }
        let outcomes_unknown = match self.known_invocations(conversation)? {
            Ok(records) => {
                insight.match_outcomes(interaction, &records.invocations);
                None
            }
            Err(refused) => Some(unknown(&refused)),
        };
        Some(view(insight, outcomes_unknown, None))
    }

    fn known_insight(&self, conversation: &ConversationId, interaction: &InteractionId) -> Option<Insight> {
        let mut library = held(&self.library);
        let settled = library.is_settled(conversation, interaction);
        library.opened(conversation).insights.get(interaction).filter(|_| settled).cloned()
    }

    /// An insight of a finished conversation as an earlier run read it.
    pub(crate) async fn kept_insight(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
    ) -> Option<Insight> {
        if !held(&self.library).is_finished(conversation) {
            return None;
        }
        let kept = self.recall_insight(conversation, interaction).await?.value;
        let ReadInsight { insight, goes_on: false } = kept else { return None };
        held(&self.library).opened(conversation).insights.insert(interaction.clone(), insight.clone());
        Some(insight)
    }

    /// An insight as it was read before, though it may be another one by now.
    async fn recall_insight(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
    ) -> Option<Kept<ReadInsight>> {
        let (id, of) = (conversation.clone(), interaction.clone());
        self.recall(move |store| store.insight(&id, &of)).await
    }

    /// The server's record of a conversation's tool calls. What cannot change any more is not asked for again, unless
    /// `refresh`.
    pub(crate) async fn tool_invocations(
        &self,
        client: &Client,
        conversation: &ConversationId,
        refresh: bool,
    ) -> Result<Arc<ReadInvocations>, AmigoError> {
        let request = self.invocations_under_way.join(conversation.clone(), client);
        let (client, _turn) = request.turn().await;
        held(&self.library).opened(conversation);
        if let Some(known) = self.known_invocations(conversation).filter(|_| !refresh) {
            return known;
        }
        let finished = held(&self.library).is_finished(conversation);
        if finished && !refresh {
            let of = conversation.clone();
            let kept = self.recall(move |store| store.tool_invocations(&of)).await;
            if let Some(kept) = kept.filter(|kept| !kept.value.goes_on) {
                return Ok(self.know_invocations(conversation, kept.value));
            }
        }
        let invocations = match client.tool_invocations(conversation).await {
            Ok(page) => page.items,
            Err(refused @ (AmigoError::NotAllowed | AmigoError::NotFound | AmigoError::NotSupported)) => {
                held(&self.library).opened(conversation).no_invocations = Some(refused.clone());
                return Err(refused);
            }
            Err(cause) => return Err(cause),
        };
        let read = ReadInvocations { invocations, goes_on: !finished };
        let (of, kept, at) = (conversation.clone(), read.clone(), self.now());
        self.remember(move |store| store.put_tool_invocations(&of, &kept, at));
        Ok(self.know_invocations(conversation, read))
    }

    /// The record, or why the server does not give it, if that is in memory and cannot change any more.
    /// Looking does not use it.
    fn known_invocations(&self, conversation: &ConversationId) -> Option<Result<Arc<ReadInvocations>, AmigoError>> {
        let library = held(&self.library);
        let finished = library.is_finished(conversation);
        let opened = library.peek(conversation)?;
        if let Some(refused) = &opened.no_invocations {
            return Some(Err(refused.clone()));
        }
        opened.invocations.clone().filter(|known| finished && !known.goes_on).map(Ok)
    }

    /// The record as it was read before, where the server cannot be asked: there may be more by now.
    async fn recall_invocations(
        &self,
        conversation: &ConversationId,
        cause: &AmigoError,
    ) -> Option<Kept<ReadInvocations>> {
        if !Problem::from(cause.clone()).is_no_connection() {
            return None;
        }
        let of = conversation.clone();
        let kept = self.recall(move |store| store.tool_invocations(&of)).await?;
        self.know_invocations(conversation, kept.value.clone());
        Some(kept)
    }

    fn know_invocations(&self, conversation: &ConversationId, invocations: ReadInvocations) -> Arc<ReadInvocations> {
        let invocations = Arc::new(invocations);
        let mut library = held(&self.library);
        let opened = library.opened(conversation);
        (opened.invocations, opened.no_invocations) = (Some(invocations.clone()), None);
        invocations
    }
}

fn unknown(cause: &AmigoError) -> String {
    let reason = match cause {
        AmigoError::NotAllowed => "your key may not read the record of tool calls".to_owned(),
        AmigoError::NotFound | AmigoError::NotSupported => "this server keeps no record of tool calls".to_owned(),
        other => format!("the record of tool calls could not be read. {other}"),
    };
    format!("Whether these calls worked is unknown: {}", ended(&reason))
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with('.') { sentence.to_owned() } else { format!("{sentence}.") }
}

fn view(insight: Insight, outcomes_unknown: Option<String>, kept_since: Option<String>) -> InsightView {
    let mut tools = Vec::new();
    for step in &insight.transitions {
        let (rounds, designated) = calls_of(&step.kind);
        let mut calls = round_views(rounds);
        calls.extend(designated.map(|call| call_view(call, 1)));
        group(&mut tools, format!("{} {}", step_kind(&step.kind), step.from), calls);
    }
    group(&mut tools, "select action".into(), round_views(&insight.select_action_calls));
    group(&mut tools, "engage user".into(), round_views(&insight.engage_user_calls));
    InsightView {
        behavior: insight.triggered_behavior.map(|set| format!("{}, version {}", set.id, set.version)),
        steps: insight.transitions.into_iter().map(step_view).collect(),
        memory: insight
            .working_memory
            .into_iter()
            .map(|memory| MemoryView { content: memory.content, context: memory.context })
            .collect(),
        reflections: insight.reflections,
        state: insight.state,
        action: insight.action,
        objective: insight.objective,
        tools,
        outcomes_unknown,
        unreadable: insight.unreadable,
        kept_since,
    }
}

fn group(tools: &mut Vec<ToolGroupView>, purpose: String, calls: Vec<ToolCallView>) {
    if !calls.is_empty() {
        tools.push(ToolGroupView { purpose, calls });
    }
}

fn calls_of(kind: &TransitionKind) -> (&[ToolRound], Option<&ToolCall>) {
    match kind {
        TransitionKind::Action { calls, .. }
        | TransitionKind::Decision { calls, .. }
        | TransitionKind::Reflection { calls, .. } => (calls, None),
        TransitionKind::ToolCall { calls, designated } => (calls, designated.as_deref()),
        _ => (&[], None),
    }
}

fn round_views(rounds: &[ToolRound]) -> Vec<ToolCallView> {
    rounds.iter().zip(1..).flat_map(|(calls, round)| calls.iter().map(move |call| call_view(call, round))).collect()
}

fn call_view(call: &ToolCall, round: u32) -> ToolCallView {
    let (outcome, failure) = match &call.outcome {
        ToolOutcome::Unknown => (OutcomeView::Unknown, None),
        ToolOutcome::Succeeded => (OutcomeView::Succeeded, None),
        ToolOutcome::Failed { kind, message } => (OutcomeView::Failed, Some(format!("{kind}: {message}"))),
    };
    ToolCallView {
        name: call.name.clone(),
        version: call.version.clone(),
        input: format!("{:#}", call.input),
        output: call.output.clone(),
        duration_ms: call.duration_ms,
        round,
        outcome,
        failure,
    }
}

fn step_kind(kind: &TransitionKind) -> &str {
    match kind {
        TransitionKind::Action { .. } => "action",
        TransitionKind::Decision { .. } => "decision",
        TransitionKind::Recall { .. } => "recall",
        TransitionKind::Jumpback => "jumpback",
        TransitionKind::Annotation { .. } => "annotation",
        TransitionKind::Reflection { .. } => "reflection",
        TransitionKind::ToolCall { .. } => "tool-call",
        TransitionKind::SideEffect => "side-effect",
        TransitionKind::Other(name) => name,
    }
}

fn step_view(step: Transition) -> StepView {
    let kind = step_kind(&step.kind).to_owned();
    let (exit_condition, queries, thought) = match step.kind {
        TransitionKind::Action { exit_condition, .. } | TransitionKind::Decision { exit_condition, .. } => {
            (Some(exit_condition), Vec::new(), None)
        }
        TransitionKind::Recall { queries } => (None, queries, None),
        TransitionKind::Annotation { thought } | TransitionKind::Reflection { thought, .. } => {
            (None, Vec::new(), thought)
        }
        TransitionKind::Jumpback
        | TransitionKind::ToolCall { .. }
        | TransitionKind::SideEffect
        | TransitionKind::Other(_) => (None, Vec::new(), None),
    };
    StepView { kind, from: step.from, to: step.to, exit_condition, queries, thought }
}
