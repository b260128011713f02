"""Speaks to a simulator's control API under `/_sim/`."""

import json
from collections.abc import Iterator
from typing import Any

import requests

Json = dict[str, Any]

_ANSWER_SECONDS = 40.0  # a webhook that is repeated three times is answered after at most some twenty


class Refused(Exception):
    """The simulator would not do it; the sentence is its own."""


class Simulator:
    """One simulated platform at `url`. Each thread has its own instance: sessions are not shared."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy would not find this machine's loopback

    def get(self, path: str, **query: str | int) -> Json:
        """Return what the control API answers. Raises `Refused`."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Json) -> Json:
        """Post a JSON object and return the answer. Raises `Refused`."""
        return self._call("POST", path, json=body)

    def delete(self, path: str, **query: str | int) -> Json:
        """Delete and return the answer. Raises `Refused`."""
        return self._call("DELETE", path, params=query)

    def feed(self) -> Iterator[tuple[str, Json]]:
        """Yield what happens, as (event, body), until the simulator ends."""
        event = ""
        for line in self._lines("stream"):
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                yield event, json.loads(value)

    def _lines(self, path: str) -> Iterator[str]:
        try:
            with self._session.get(f"{self.url}/_sim/{path}", stream=True, timeout=(_ANSWER_SECONDS, None)) as answer:
                yield from answer.iter_lines(chunk_size=1, decode_unicode=True)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return  # it has ended

    def _call(self, method: str, path: str, **more: Any) -> Json:
        answer = self._session.request(method, f"{self.url}/_sim/{path}", timeout=_ANSWER_SECONDS, **more)
        body: Json = answer.json()
        if answer.status_code != 200:
            raise Refused(str(body.get("error", f"The simulator answered {answer.status_code}.")))
        return body
