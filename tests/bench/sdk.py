"""The work that Earmark is measured against, done by a plain loop over the official SDK.

`sdk.py calls N` lists all conversations and reads the transcripts and first insights of N of them.
`sdk.py fill` reads the conversations whose ids come on standard input: transcript, insights, recordings.
Keys come by the SDK's own environment variables.
"""

import sys

import httpx
from amigo_sdk.errors import RateLimitError
from amigo_sdk.generated.model import (
    GetConversationMessagesParametersQuery, GetConversationsParametersQuery, MessageType,
)
from amigo_sdk.sdk_client import AmigoClient


def patiently(call, *arguments):
    """The SDK itself waits and tries again three times."""
    while True:
        try:
            return call(*arguments)
        except RateLimitError:
            pass


def messages(client: AmigoClient, conversation: str) -> list:
    query = GetConversationMessagesParametersQuery(
        message_type=list(MessageType), sort_by=["+created_at"], limit=500)
    token, found = 0, []
    while token is not None:
        page = patiently(client.conversations.get_conversation_messages, conversation,
                         query.model_copy(update={"continuation_token": token}))
        found += page.messages
        token = page.continuation_token
    return found


def listed(client: AmigoClient) -> list:
    token, found = 0, []
    while token is not None:
        query = GetConversationsParametersQuery(limit=150, continuation_token=token, sort_by=["-created_at"])
        page = patiently(client.conversations.get_conversations, query)
        found += page.conversations
        token = page.continuation_token
    return found


def calls(client: AmigoClient, count: int) -> int:
    read = 0
    if count > 0:
        for conversation in listed(client)[:count]:
            said = messages(client, conversation.id)
            client.conversations.get_interaction_insights(conversation.id, said[0].interaction_id)
            read += len(said)
    return read


def fill(client: AmigoClient, ids: list[str]) -> int:
    recordings = 0
    for conversation in ids:
        said = messages(client, conversation)
        for interaction in dict.fromkeys(message.interaction_id for message in said):
            patiently(client.conversations.get_interaction_insights, conversation, interaction)
        for message in said:
            if message.format.value == "voice":
                source = patiently(client.conversations.get_message_source, conversation, message.id)
                recordings += len(httpx.get(str(source.url)).content) > 0
    return recordings


if __name__ == "__main__":
    client = AmigoClient()
    if sys.argv[1] == "calls":
        print(calls(client, int(sys.argv[2])))
    else:
        print(fill(client, sys.stdin.read().split()))
