"""Starters, create, interact, finish and tags: what a reviewer changes."""

import httpx
from amigo_sdk.errors import BadRequestError, ConflictError, NotFoundError, ValidationError
from amigo_sdk.generated.model import (
    ConversationCreateConversationRequest, ConversationGenerateConversationStarterRequest,
    CreateConversationParametersQuery, Format, GetConversationsParametersQuery,
    InteractWithConversationParametersQuery,
)

from bench import Bench, raises, test


@test
def starts_conversations_in_words(bench: Bench):
    body = ConversationGenerateConversationStarterRequest(
        service_id=bench.service("Appointment desk"), facets=["time", "place"], min_count=2, max_count=3,
        generation_instructions="Keep them short.")
    prompts = bench.api.generate_conversation_starters(body).prompts
    assert 2 <= len(prompts) <= 3 and all(prompt.prompt and prompt.facets for prompt in prompts)
    raises(NotFoundError, lambda: bench.api.generate_conversation_starters(body.model_copy(update={"service_id": "0" * 24})))


def create(bench: Bench, service: str, how: Format, **more) -> tuple[str, list]:
    body = ConversationCreateConversationRequest(service_id=bench.service(service), **more)
    stream = bench.api.create_conversation(body, CreateConversationParametersQuery(response_format=how))
    flat = [getattr(event.root, "root", event.root) for event in stream]
    assert flat[0].type == "conversation-created" and flat[-1].type == "interaction-complete"
    return flat[0].conversation_id, flat


def interact(bench: Bench, conversation: str, heard: Format, answered: Format, **more) -> list:
    query = InteractWithConversationParametersQuery(
        request_format=heard, response_format=answered,
        request_audio_config={"type": "mp3"} if heard == Format.voice else None)
    events = bench.api.interact_with_conversation(conversation, query, **more)
    flat = [getattr(event.root, "root", event.root) for event in events]
    assert flat[0].type == "user-message-available" and flat[-1].type == "interaction-complete", flat
    return flat


@test
def talks_in_text_from_create_to_finish(bench: Bench):
    conversation, opening = create(bench, "Prescription refills", Format.text, initial_message="Hello?")
    assert {"current-agent-action", "new-message"} <= {event.type for event in opening}
    raises(BadRequestError, lambda: create(bench, "Prescription refills", Format.text))
    events = interact(bench, conversation, Format.text, Format.text, text_message="I need metformin.")
    pieces = [event for event in events if event.type == "new-message"]
    assert "".join(piece.message for piece in pieces) == events[-1].full_message and pieces[-1].stop
    assert bench.api.recommend_responses_for_interaction(conversation, events[-1].interaction_id).recommended_responses
    bench.api.get_interaction_insights(conversation, events[-1].interaction_id)
    bench.api.finish_conversation(conversation)
    raises(ConflictError, lambda: bench.api.finish_conversation(conversation))
    raises(ConflictError, lambda: interact(bench, conversation, Format.text, Format.text, text_message="More."))
    kept = bench.api.get_conversations(GetConversationsParametersQuery(id=[conversation])).conversations[0]
    assert kept.is_finished and kept.num_messages == 4 and kept.final_message == events[-1].full_message


@test
def talks_aloud_and_keeps_what_was_said(bench: Bench):
    voice, message = next(bench.sweep.voice_messages())
    said = httpx.get(str(bench.api.get_message_source(voice, message.id).url)).content
    conversation, _ = create(bench, "Appointment desk", Format.voice)
    events = interact(bench, conversation, Format.voice, Format.voice, audio_bytes=said, audio_content_type="audio/mpeg")
    aloud = [event for event in events if event.type == "new-message"]
    assert aloud[0].transcript_alignment and aloud[0].message
    source = bench.api.get_message_source(conversation, events[0].message_id)
    assert httpx.get(str(source.url)).content == said
    bench.api.finish_conversation(conversation)


@test
def a_goodbye_completes_the_conversation(bench: Bench):
    conversation, _ = create(bench, "Blood pressure coaching", Format.text)
    assert not interact(bench, conversation, Format.text, Format.text, text_message="138 over 86")[-1].conversation_completed
    assert interact(bench, conversation, Format.text, Format.text, text_message="Goodbye!")[-1].conversation_completed
    raises(ConflictError, lambda: bench.api.finish_conversation(conversation))


@test
def tags_change_and_keep_their_rules(bench: Bench):
    conversation = bench.sweep.conversations[2].id
    path = f"/conversation/{conversation}/tags/"
    read = lambda: bench.api.get_conversations(GetConversationsParametersQuery(id=[conversation])).conversations[0].tags
    before = read()
    assert bench.raw("POST", path, json={"updates": {"reviewed": None, "size": "größe 2"}}).status_code == 204
    assert read() == {**before, "reviewed": None, "size": "größe 2"}
    assert bench.raw("POST", path, json={"deletes": ["reviewed", "size", "never there"]}).status_code == 204
    assert bench.raw("POST", path, json={}).status_code == 204 and read() == before
    for broken in ({"a:b": "x"}, {"a": "x-y"}, {" ": "x"}, {f"k{n}": None for n in range(21)}):
        raises(ValidationError, lambda: bench.raw("POST", path, json={"updates": broken}))
    many = {f"k{n}": None for n in range(20)}
    raises(BadRequestError, lambda: bench.raw("POST", path, json={"updates": many}))
    assert read() == before, "a refused change changes nothing"
