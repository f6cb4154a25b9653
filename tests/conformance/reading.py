"""Signing in, the list, messages, sources, insights, names: what a reviewer reads."""

from datetime import UTC, datetime

import httpx
from amigo_sdk.errors import AuthenticationError, BadRequestError
from amigo_sdk.generated.model import (
    Format, GetConversationMessagesParametersQuery, GetConversationsParametersQuery, GetServicesParametersQuery,
    MessageType, ToolGetToolInvocationsResponse, ToolGetToolsResponse,
)

from bench import Bench, client, ids, raises, test
from sweep import every_conversation


@test
def signs_in_and_names_the_organization(bench: Bench):
    organization = bench.client.organizations.get()
    assert organization.org_id == bench.unlimited["organization"] and organization.org_name == "Northwind Health"
    token = bench.client._http._token
    assert token.id_token and token.expires_at > datetime.now(UTC), "the token is alive and its end has a zone"


@test
def refuses_a_wrong_key_and_an_unknown_user(bench: Bench):
    for wrong in ({"api_key": "no"}, {"api_key_id": "no"}, {"user_id": "nobody"}):
        with client({**bench.unlimited, **wrong}) as stranger:
            raises(AuthenticationError, lambda: stranger.conversations.get_conversations(GetConversationsParametersQuery()))


@test
def lists_every_conversation_once_in_both_orders(bench: Bench):
    newest = [c for c, _ in every_conversation(bench.client, 7, "-created_at")]
    oldest = [c for c, _ in every_conversation(bench.client, 150, "+created_at")]
    assert len(newest) >= 40 and len(set(ids(newest))) == len(newest), len(newest)
    assert ids(newest) == ids(reversed(oldest)), "both orders hold the same conversations"
    assert all(a.created_at >= b.created_at for a, b in zip(newest, newest[1:]))


@test
def pages_end_where_they_say(bench: Bench):
    pages = [page for _, page in every_conversation(bench.client, 7, "-created_at")]
    for page in pages:
        assert page.has_more == (page.continuation_token is not None)
    assert not pages[-1].has_more and len(pages[0].conversations) == 7


@test
def filters_by_user_service_state_and_id(bench: Bench):
    everyone = bench.sweep.conversations
    sample = everyone[0]
    for query, fits in (
        ({"user_id": [sample.user_id, "walter.kowalski"]}, lambda c: c.user_id in (sample.user_id, "walter.kowalski")),
        ({"service_id": [sample.service_id]}, lambda c: c.service_id == sample.service_id),
        ({"is_finished": False}, lambda c: not c.is_finished),
        ({"is_finished": True, "user_id": [sample.user_id]}, lambda c: c.is_finished and c.user_id == sample.user_id),
        ({"id": ids(everyone[3:6])}, lambda c: c in everyone[3:6]),
    ):
        found = bench.api.get_conversations(GetConversationsParametersQuery(**query)).conversations
        assert set(ids(found)) == set(ids(filter(fits, everyone))) and found, query


@test
def filters_by_tag_value_presence_and_null(bench: Bench):
    everyone = bench.sweep.conversations
    for tag, fits in (
        (["risk:high"], lambda t: t.get("risk") == "high"),
        (["topic:*"], lambda t: "topic" in t),
        (["follow up:"], lambda t: "follow up" in t and t["follow up"] is None),
        (["risk:high", "channel:voice"], lambda t: t.get("risk") == "high" and t.get("channel") == "voice"),
    ):
        found = bench.api.get_conversations(GetConversationsParametersQuery(tag=tag)).conversations
        assert set(ids(found)) == {c.id for c in everyone if fits(c.tags)} and found, tag


@test
def reads_every_message_of_every_conversation(bench: Bench):
    for conversation in bench.sweep.conversations:
        messages = bench.sweep.messages[conversation.id]
        told = [m for m in messages if m.message_type != MessageType.agent_inner_thought]
        assert len(told) == conversation.num_messages, conversation.id
        assert conversation.final_message == told[-1].message, conversation.id
        assert all(a.created_at <= b.created_at for a, b in zip(messages, messages[1:])), conversation.id


@test
def hides_inner_thoughts_unless_asked_for(bench: Bench):
    for conversation in bench.sweep.conversations:
        if bench.sweep.has(conversation.id, MessageType.agent_inner_thought):
            page = bench.api.get_conversation_messages(conversation.id, GetConversationMessagesParametersQuery())
            assert page.messages and all(m.message_type != MessageType.agent_inner_thought for m in page.messages)
            return
    raise AssertionError("no conversation has an inner thought")


@test
def pages_five_hundred_messages(bench: Bench):
    longest = max(bench.sweep.conversations, key=lambda c: c.num_messages)
    assert longest.num_messages == 500
    seen, token = [], 0
    while token is not None:
        query = GetConversationMessagesParametersQuery(limit=60, continuation_token=token, sort_by=["+created_at"])
        page = bench.api.get_conversation_messages(longest.id, query)
        seen += ids(page.messages)
        token = page.continuation_token
    assert len(seen) == len(set(seen)) == 500


@test
def holds_what_a_reviewer_must_be_able_to_meet(bench: Bench):
    texts = [m.message for messages in bench.sweep.messages.values() for m in messages]
    kinds = {m.message_type for messages in bench.sweep.messages.values() for m in messages}
    clips = [sum(m.format == Format.voice for m in messages) for messages in bench.sweep.messages.values()]
    assert kinds == set(MessageType), kinds
    assert 24 in clips, "a voice conversation with 24 clips"
    assert max(len(text.encode()) for text in texts) >= 100_000
    for piece in ("<script>", "\u202e", "\u2066", "退院", "مرحب", "Guten Abend"):
        assert any(piece in text for text in texts), repr(piece)


@test
def plays_the_source_of_every_voice_message(bench: Bench):
    types = set()
    for conversation, message in bench.sweep.voice_messages():
        source = bench.api.get_message_source(conversation, message.id)
        sound = httpx.get(str(source.url))
        assert sound.status_code == 200 and sound.headers["content-type"] == source.content_type
        magic = {"audio/wav": (b"RIFF",), "audio/mpeg": (b"\xff", b"ID3")}[source.content_type]
        assert sound.content.startswith(magic), source.content_type
        types.add(source.content_type)
    assert types == {"audio/mpeg", "audio/wav"}
    assert httpx.get(str(source.url), headers={"Authorization": "Bearer x"}).status_code == 400


@test
def refuses_the_source_of_a_text_message(bench: Bench):
    conversation, message = next(bench.sweep.text_messages())
    raises(BadRequestError, lambda: bench.api.get_message_source(conversation, message.id))


@test
def reads_the_insights_of_every_interaction(bench: Bench):
    assert len(bench.sweep.insights) > 400
    kinds = {log.root.type for insight in bench.sweep.insights.values() for log in insight.state_transition_logs}
    assert kinds == {"action", "decision", "recall", "jumpback", "annotation", "reflection", "tool-call"}, kinds
    assert any(insight.triggered_dynamic_behavior_set_version_info for insight in bench.sweep.insights.values())
    for (conversation, interaction), insight in bench.sweep.insights.items():
        thoughts = {m.id for m in bench.sweep.messages[conversation] if m.interaction_id == interaction}
        for log in insight.state_transition_logs:
            if log.root.type in ("annotation", "reflection"):
                assert log.root.inner_thought_message_id in thoughts, interaction


@test
def tool_invocations_tell_which_logged_calls_failed(bench: Bench):
    failures, token = 0, 0
    while token is not None:
        answer = bench.raw("GET", "/tool/invocation", params={"continuation_token": token, "sort_by": "-created_at"})
        page = ToolGetToolInvocationsResponse.model_validate_json(answer.text)
        for invocation in page.tool_invocations:
            source = invocation.invocation_source.root
            logged = bench.sweep.tool_calls(source.conversation_id, source.interaction_id)
            assert (invocation.tool_id, invocation.inputs) in logged, invocation.id
            failures += not invocation.invocation_status.root.succeeded
        token = page.continuation_token
    assert failures >= 5, failures
    failed = bench.raw("GET", "/tool/invocation", params={"succeeded": "false", "limit": 100}).json()
    assert len(failed["tool_invocations"]) == min(failures, 100)


@test
def recommends_for_the_latest_interaction_of_unfinished_conversations(bench: Bench):
    for conversation in bench.sweep.conversations:
        interactions = bench.sweep.interactions(conversation.id)
        recommend = lambda at: bench.api.recommend_responses_for_interaction(conversation.id, interactions[at])
        if conversation.is_finished:
            raises(BadRequestError, lambda: recommend(-1))
        else:
            assert recommend(-1).recommended_responses
            if len(interactions) > 1:
                raises(BadRequestError, lambda: recommend(0))


@test
def names_people_services_agents_and_tools(bench: Bench):
    users = {user.user_id: user for user in bench.client.users.get_users().users}
    services = bench.client.services.get_services(GetServicesParametersQuery(limit=20)).services
    agents = bench.client.agents.get_agents().agents
    assert len(services) >= 3 and len(agents) >= 2 and len(users) >= 15
    for conversation in bench.sweep.conversations:
        assert conversation.user_id in users and conversation.service_id in {service.id for service in services}
    for agent in agents:
        bench.client.agents.get_agent_versions(agent.id)
    ToolGetToolsResponse.model_validate_json(bench.raw("GET", "/tool/", params={"limit": 20}).text)
