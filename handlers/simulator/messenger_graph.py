"""The Graph API of one Page: which call goes where, who may make it, and batches of calls."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from handlers.secret import same_secret
from handlers.simulator.clock import VirtualClock
from handlers.simulator.messenger_config import SUBSCRIBED_FIELDS, MessengerConfig
from handlers.simulator.messenger_errors import GraphError, invalid
from handlers.simulator.messenger_messages import Answer, Messages
from handlers.simulator.messenger_people import PROFILE_FIELDS
from handlers.simulator.messenger_validation import check_upload
from handlers.simulator.messenger_world import World

Json = dict[str, Any]

BATCH_MOST = 50  # Graph API, batch requests (Mar 30, 2026)

PERMISSIONS = ("pages_messaging", "pages_manage_metadata", "pages_show_list", "pages_read_engagement")

# Fields of the webhook a Page can be subscribed to beyond those it starts with (same page as those).
_ALL_FIELDS = {
    *SUBSCRIBED_FIELDS,
    "messaging_handovers",
    "standby",
    "message_edits",
    "message_template_status_update",
    "marketing_message_echoes",
    "marketing_message_deliveries",
    "marketing_message_delivery_failed",
    "marketing_message_reads",
    "marketing_message_clicks",
}


class Target(NamedTuple):
    """What a path and query mean: `/v26.0/me/messages?a=b` → version, node, edge, parameters."""

    version: str
    node: str
    edge: str
    params: Mapping[str, Any]


@lru_cache(maxsize=4096)
def read_target(path_and_query: str) -> Target:
    """Take a Graph address apart. The version may be missing, as in a batch's relative addresses."""
    path, _, query = path_and_query.partition("?")
    parts = [unquote(part) for part in path.split("/") if part]
    version = parts.pop(0)[1:] if parts and parts[0][:1] == "v" and parts[0][1:2].isdecimal() else ""
    node = parts[0] if parts else ""
    return Target(version, node, "/".join(parts[1:]), read_form(query))


def read_form(text: str) -> Json:
    """Return form or query parameters; values that are JSON objects or lists come out as such."""
    return {name: _decoded(value) for name, value in parse_qsl(text, keep_blank_values=True)}


def read_body(raw: bytes, content_type: str) -> Json:
    """Return the parameters in a request body. Raises `GraphError` 100 for what cannot be read."""
    if not raw:
        return {}
    if content_type.startswith("application/x-www-form-urlencoded"):
        return read_form(raw.decode())
    if not content_type.startswith("application/json"):
        raise invalid(f"The body is {content_type or 'of no type'}; JSON and form fields are taken")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid("The body is not valid JSON") from error
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object")
    return body


def _decoded(value: str) -> object:
    if value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


class Graph:
    """Answers Graph calls for one Page; a call changes the world and does no I/O."""

    def __init__(self, config: MessengerConfig, clock: VirtualClock, world: World) -> None:
        self._config, self._clock, self._world = config, clock, world
        self._messages = Messages(world, clock)
        self._proof = hmac.new(config.app_secret.encode(), config.token.encode(), hashlib.sha256).hexdigest()
        self._page_calls: Mapping[tuple[str, str], Callable[[Json], Answer]] = {
            ("POST", "messages"): self._messages.send,
            ("POST", "message_attachments"): self._upload,
            ("POST", "messenger_profile"): self._set_profile,
            ("GET", "messenger_profile"): self._get_profile,
            ("DELETE", "messenger_profile"): self._delete_profile,
            ("POST", "subscribed_apps"): self._subscribe,
            ("GET", "subscribed_apps"): self._subscriptions,
            ("DELETE", "subscribed_apps"): self._unsubscribe,
            ("POST", "message_templates"): lambda params: _json(self._world.templates.add(params)),
            ("GET", "message_templates"): lambda _: _json({"data": self._world.templates.all()}),
            ("DELETE", "message_templates"): self._delete_template,
            ("GET", ""): self._page,
        }

    def call(self, method: str, target: Target, body: Mapping[str, Any], bearer: str) -> Answer:
        """Answer one call; refusals are answers too, and are counted."""
        try:
            answer = self._route(method, target, {**target.params, **body}, bearer)
        except GraphError as error:
            self._world.record.refused[error.label] += 1
            answer = Answer(error.body(), error.row.status, error.headers)
        answer.headers = {**self._world.rates.headers(), **answer.headers}
        return answer

    def _route(self, method: str, target: Target, params: Json, bearer: str) -> Answer:
        world, config = self._world, self._config
        world.record.calls += 1
        if (method, target.node) == ("GET", "debug_token"):
            return self._debug_token(params, bearer)
        self._authorise(params, bearer)
        if method == "POST" and "batch" in params and not target.edge:
            return self._batch(params, bearer)
        world.rates.count_call(len(world.people), self._clock.millis())
        if target.node in {"me", config.page_id}:
            handler = self._page_calls.get((method, target.edge))
            if handler is None:
                raise GraphError("no_object")
            return handler(params)
        if method == "GET" and not target.edge:
            return self._person(target.node, params)
        raise GraphError("no_object")

    def _authorise(self, params: Json, bearer: str) -> None:
        token = bearer or params.get("access_token")
        if not token:
            raise GraphError("no_token")
        if not same_secret(str(token), self._config.token):
            raise GraphError("token_invalid")
        if "token_expired" in self._world.faults.draw("call"):
            raise GraphError("token_expired")
        proof = str(params.get("appsecret_proof", ""))
        if self._config.app_secret and not same_secret(proof, self._proof):
            raise invalid("Invalid appsecret_proof provided in the API argument")

    def _batch(self, params: Json, bearer: str) -> Answer:
        operations = params["batch"]
        if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
            raise invalid("param batch must be an array of operations")
        if len(operations) > BATCH_MOST:
            raise GraphError("batch_too_large")
        token = bearer or str(params["access_token"])
        shared = {"appsecret_proof": params.get("appsecret_proof", "")}
        with_headers = str(params.get("include_headers", "true")) not in {"false", "False"}
        answers = [self._operation(one, token, shared) for one in operations]
        parts = [
            _part(answer, with_headers=with_headers, omit=one.get("omit_response_on_success") is True)
            for one, answer in zip(operations, answers, strict=True)
        ]
        return Answer(
            json.dumps(parts).encode(),
            delay_seconds=max((answer.delay_seconds for answer in answers), default=0),
            sent=tuple(sent for answer in answers for sent in answer.sent),
            early=any(answer.early for answer in answers),
        )

    def _operation(self, operation: Json, token: str, shared: Json) -> Answer:
        target = read_target(str(operation.get("relative_url", "")))
        body = read_form(str(operation.get("body", "")))
        own = str(body.pop("access_token", "") or target.params.get("access_token", ""))
        return self.call(str(operation.get("method", "GET")), target, {**shared, **body}, own or token)

    def _upload(self, params: Json) -> Answer:
        kind, url = check_upload(params)
        return _json({"attachment_id": self._world.attachments.add(kind, url, self._clock.millis())})

    def _set_profile(self, params: Json) -> Answer:
        self._world.rates.count_profile_call(self._clock.millis())
        self._world.profile.update(_without_credentials(params))
        return _json({"result": "success"})

    def _get_profile(self, params: Json) -> Answer:
        self._world.rates.count_profile_call(self._clock.millis())
        found = self._world.profile.read(str(params.get("fields", "")))
        return _json({"data": [found] if found else []})

    def _delete_profile(self, params: Json) -> Answer:
        self._world.rates.count_profile_call(self._clock.millis())
        self._world.profile.remove(params.get("fields"))
        return _json({"result": "success"})

    def _subscribe(self, params: Json) -> Answer:
        wanted = params.get("subscribed_fields", "")
        names = wanted if isinstance(wanted, list) else [name for name in str(wanted).split(",") if name]
        if not names or not set(names) <= _ALL_FIELDS:
            raise invalid("param subscribed_fields must be a list of webhook fields")
        self._world.webhooks.subscribe(names)
        return _json({"success": True})

    def _subscriptions(self, _params: Json) -> Answer:
        fields = sorted(self._world.webhooks.fields)
        app = {"id": self._config.app_id, "name": "Simulated App", "subscribed_fields": fields}
        return _json({"data": [app] if fields else []})

    def _unsubscribe(self, _params: Json) -> Answer:
        self._world.webhooks.subscribe(())
        return _json({"success": True})

    def _delete_template(self, params: Json) -> Answer:
        if not self._world.templates.remove(params.get("name")):
            raise GraphError("no_object")
        return _json({"success": True})

    def _page(self, _params: Json) -> Answer:
        return _json({"id": self._config.page_id, "name": self._config.page_name})

    def _person(self, psid: str, params: Json) -> Answer:
        people = self._world.people
        try:
            number = people.find(psid)
        except GraphError as error:
            raise GraphError("no_object") from error
        if not self._config.profile_access:
            return _json({})
        if not people.has_written(number):
            raise GraphError("no_consent")
        names = str(params.get("fields", "first_name,last_name,profile_pic")).split(",")
        profile = people.profile(number)
        found = {name: profile[name] for name in names if name in PROFILE_FIELDS and profile.get(name) != ""}
        return _json({**found, "id": psid})

    def _debug_token(self, params: Json, bearer: str) -> Answer:
        caller = bearer or str(params.get("access_token", ""))
        app_token = f"{self._config.app_id}|{self._config.app_secret}"
        if not same_secret(caller, app_token):
            self._authorise({**params, "access_token": caller}, "")
        good = same_secret(str(params.get("input_token", "")), self._config.token)
        expired = self._world.faults.standing("token_expired")
        data: Json = {"is_valid": good and not expired, "scopes": list(PERMISSIONS) if good else []}
        if good:
            data |= {"app_id": self._config.app_id, "type": "PAGE", "expires_at": 0}
            data |= {"profile_id": self._config.page_id, "application": "Simulated App"}
        if not data["is_valid"]:
            error = GraphError("token_expired" if good else "token_invalid")
            data["error"] = {"code": 190, "subcode": error.row.subcode, "message": error.message}
        return _json({"data": data})


def _json(body: object) -> Answer:
    return Answer(json.dumps(body).encode())


def _without_credentials(params: Json) -> Json:
    return {name: value for name, value in params.items() if name not in {"access_token", "appsecret_proof"}}


def _part(answer: Answer, *, with_headers: bool, omit: bool) -> Json | None:
    """Return one entry of a batch's answer: null for an operation whose own answer was lost."""
    if answer.line or (omit and answer.status == 200):
        return None
    part: Json = {"code": answer.status, "body": answer.body.decode()}
    if with_headers:
        part["headers"] = [{"name": name, "value": value} for name, value in answer.headers.items()]
    return part
