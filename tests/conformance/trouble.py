"""Wrong calls, refused tokens and the rate limit."""

import time

from amigo_sdk.errors import AuthenticationError, NotFoundError, RateLimitError, ValidationError
from amigo_sdk.generated.model import ConversationGenerateConversationStarterRequest, GetConversationsParametersQuery

from bench import Bench, client, raises, test


@test
def answers_nonsense_with_the_right_error(bench: Bench):
    known = bench.sweep.conversations[0].id
    for path, kind in (
        ("/conversation/?limit=0", ValidationError), ("/conversation/?limit=151", ValidationError),
        ("/conversation/?id=XYZ", ValidationError), ("/conversation/?sort_by=%2Bname", ValidationError),
        (f"/conversation/{known}/messages/?limit=501", ValidationError),
        (f"/conversation/{known}/messages/?message_type=shout", ValidationError),
        ("/conversation/nonsense/messages/", ValidationError), (f"/conversation/{'0' * 24}/messages/", NotFoundError),
        (f"/conversation/{known}/interaction/{'0' * 24}/insights", NotFoundError),
        (f"/conversation/{known}/messages/{'0' * 24}/source", NotFoundError), ("/nowhere", NotFoundError),
    ):
        raises(kind, lambda: bench.raw("GET", path))
    raises(AuthenticationError, lambda: client({**bench.unlimited, "organization": "elsewhere"}).organizations.get())


@test
def signs_in_again_once_when_the_token_is_refused(bench: Bench):
    bench.api.get_conversations(GetConversationsParametersQuery(limit=1))
    token = bench.client._http._token
    token.id_token = "expired"
    page = bench.api.get_conversations(GetConversationsParametersQuery(limit=1))
    assert page.conversations and bench.client._http._token is not token


@test
def waits_for_the_rate_limit_and_then_succeeds(bench: Bench):
    seen = []
    bench.hurried.conversations.get_conversations(GetConversationsParametersQuery(limit=1))
    bench.hurried._http._client.event_hooks["response"].append(lambda response: seen.append(response))
    for _ in range(20):
        bench.hurried.conversations.get_conversations(GetConversationsParametersQuery(limit=1))
    refused = [response for response in seen if response.status_code == 429]
    assert refused and all(int(response.headers["retry-after"]) >= 1 for response in refused)
    for response in seen:
        assert int(response.headers["x-ratelimit-limit"]) == 15
        assert 0 <= int(response.headers["x-ratelimit-remaining"]) < 15
        assert int(response.headers["x-ratelimit-reset"]) >= int(time.time()) - 3
    assert all(response.headers["x-ratelimit-remaining"] == "0" for response in refused)


@test
def says_rate_limit_when_it_may_not_be_retried(bench: Bench):
    body = ConversationGenerateConversationStarterRequest(
        service_id=bench.service("Appointment desk"), facets=["time"], min_count=1, max_count=1,
        generation_instructions="Short.")
    with client(bench.limited) as impatient:
        impatient._http._retry_cfg.max_attempts = 1
        ask = lambda: [impatient.conversations.generate_conversation_starters(body) for _ in range(30)]
        raises(RateLimitError, ask)
