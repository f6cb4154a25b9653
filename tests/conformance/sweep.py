"""Everything a sandbox holds, read once through the official SDK, so that each test can look at all of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from amigo_sdk.generated.model import (
    Format, GetConversationMessagesParametersQuery, GetConversationsParametersQuery, MessageType,
)


@dataclass
class Sweep:
    conversations: list = field(default_factory=list)
    messages: dict = field(default_factory=dict)
    """By conversation id: all four kinds, oldest first."""
    insights: dict = field(default_factory=dict)
    """By (conversation id, interaction id)."""

    def interactions(self, conversation: str) -> list[str]:
        """In the order of their first messages."""
        return list(dict.fromkeys(message.interaction_id for message in self.messages[conversation]))

    def has(self, conversation: str, kind: MessageType) -> bool:
        return any(message.message_type == kind for message in self.messages[conversation])

    def _of(self, how: Format) -> Iterator[tuple]:
        for conversation, messages in self.messages.items():
            yield from ((conversation, message) for message in messages if message.format == how)

    def voice_messages(self) -> Iterator[tuple]:
        return self._of(Format.voice)

    def text_messages(self) -> Iterator[tuple]:
        return self._of(Format.text)

    def tool_calls(self, conversation: str, interaction: str) -> list[tuple]:
        """The tool ids and inputs that the interaction's insights log anywhere."""
        insight = self.insights[(conversation, interaction)]
        rounds = list(insight.select_next_action_tool_call_logs) + list(insight.engage_user_tool_call_logs)
        for log in insight.state_transition_logs:
            rounds += getattr(log.root, "tool_call_logs", None) or []
            designated = getattr(log.root, "designated_tool_call_log", None)
            rounds += [[designated]] if designated else []
        return [(call.tool_id, call.input) for calls in rounds for call in calls]


def every_conversation(client, limit: int, order: str) -> Iterator[tuple]:
    """Each conversation with the page it came on."""
    token = 0
    while token is not None:
        query = GetConversationsParametersQuery(limit=limit, continuation_token=token, sort_by=[order])
        page = client.conversations.get_conversations(query)
        yield from ((conversation, page) for conversation in page.conversations)
        token = page.continuation_token


def everything(client) -> Sweep:
    sweep = Sweep()
    query = GetConversationMessagesParametersQuery(message_type=list(MessageType), sort_by=["+created_at"])
    for conversation, _ in every_conversation(client, 150, "-created_at"):
        sweep.conversations.append(conversation)
        token, messages = 0, []
        while token is not None:
            page = client.conversations.get_conversation_messages(
                conversation.id, query.model_copy(update={"continuation_token": token}))
            messages += page.messages
            token = page.continuation_token
        sweep.messages[conversation.id] = messages
        for interaction in sweep.interactions(conversation.id):
            insight = client.conversations.get_interaction_insights(conversation.id, interaction)
            sweep.insights[(conversation.id, interaction)] = insight
    return sweep
