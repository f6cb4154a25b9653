"""What every test holds: a client of each sandbox, and everything the unlimited one serves, read once."""

import httpx
from amigo_sdk.generated.model import GetServicesParametersQuery
from amigo_sdk.sdk_client import AmigoClient

from sweep import Sweep, everything

TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Bench:
    """A client of each sandbox, and what the sweep read."""

    def __init__(self, unlimited: dict, limited: dict):
        self.unlimited, self.limited = unlimited, limited
        self.client, self.hurried = client(unlimited), client(limited)
        self._sweep: Sweep | None = None

    @property
    def api(self):
        return self.client.conversations

    @property
    def sweep(self) -> Sweep:
        if self._sweep is None:
            self._sweep = everything(self.client)
        return self._sweep

    def raw(self, method: str, path: str, **more) -> httpx.Response:
        """A call the SDK has no method for, with the SDK's own sign-in and error mapping."""
        return self.client._http.request(method, f"/v1/{self.unlimited['organization']}{path}", **more)

    def service(self, name: str) -> str:
        return next(s.id for s in self.client.services.get_services(GetServicesParametersQuery(limit=20)).services
                    if s.name == name)


def client(credentials: dict) -> AmigoClient:
    return AmigoClient(api_key=credentials["api_key"], api_key_id=credentials["api_key_id"],
                       user_id=credentials["user_id"], organization_id=credentials["organization"],
                       base_url=credentials["base_url"])


def raises(kind: type[Exception], act) -> Exception:
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}")


def ids(conversations) -> list[str]:
    return [conversation.id for conversation in conversations]
