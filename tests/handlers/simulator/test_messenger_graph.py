"""Sections 2.4, 3.2, 4.2, 4.3, 5 and 6: who may call, what each edge answers, each refusal's body."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from tests.handlers.simulator.rig import PAYLOADS, OfflinePage, code_of

IMAGE = {"type": "image", "payload": {"url": "https://files.example/a.jpg", "is_reusable": True}}
ORDER_UPDATE = {
    "name": "order_update",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Your order {{1}} is on its way."}],
}


@pytest.fixture
def page():
    return OfflinePage()


# 2.1, 8.9: answers


def test_a_send_answers_with_the_person_and_a_message_id(page):
    psid = page.person()
    status, body = page.send(psid, {"text": "hi"})
    assert status == 200
    assert body.keys() == {"recipient_id", "message_id"}
    assert body["recipient_id"] == psid
    assert body["message_id"].startswith("m_")


def test_message_ids_are_never_used_twice(page):
    psid = page.person()
    assert len({page.send(psid, {"text": "hi"})[1]["message_id"] for _ in range(100)}) == 100


def test_the_page_may_be_named_by_its_id(page):
    body = {"recipient": {"id": page.person()}, "message": {"text": "hi"}}
    assert page.call("POST", f"/v26.0/{page.config.page_id}/messages", body)[0] == 200


def test_page_scoped_ids_have_16_digits_and_mean_nobody_on_another_page(page):
    psid = page.person()
    other = OfflinePage(page_id="another")
    other.person()
    assert len(psid) == 16
    assert psid.isdecimal()
    assert code_of(other.send(psid, {"text": "hi"})) == (100, 2018001)


# 4.3: refusals

STATES = [
    ("blocked", 400, (551, 1545041)),
    ("deleted", 400, (100, 2018001)),
    ("unavailable", 403, (200, 1545041)),
    ("cannot_receive", 403, (10, 2018108)),
    ("opted_out", 403, (10, 1893015)),
    ("other_owner", 403, (2018300, None)),
]


@pytest.mark.parametrize(("state", "status", "refusal"), STATES, ids=[state for state, *_ in STATES])
def test_a_persons_state_decides_the_refusal(page, state, status, refusal):
    psid = page.person()
    number = page.world.people.find(psid)
    page.world.people.set_states(number, {state: True})
    answer = page.send(psid, {"text": "hi"})
    assert (answer[0], code_of(answer)) == (status, refusal)
    page.world.people.set_states(number, {state: False})
    assert page.send(psid, {"text": "hi"})[0] == 200


FAULTS = [
    ("transient", 503, (2, None)),
    ("token_expired", 400, (190, 463)),
    ("page_restricted", 403, (10, 1893063)),
    ("not_live", 403, (200, 2018028)),
    ("person_blocked", 400, (551, 1545041)),
    ("throttled", 403, (80006, None)),
]


@pytest.mark.parametrize(("fault", "status", "refusal"), FAULTS, ids=[fault for fault, *_ in FAULTS])
def test_a_rehearsed_refusal_sends_nothing(page, fault, status, refusal):
    psid = page.person()
    page.world.faults.add({"name": fault, "next_calls": 1})
    answer = page.send(psid, {"text": "hi"})
    assert (answer[0], code_of(answer)) == (status, refusal)
    assert page.world.record.accepted == 0
    assert page.send(psid, {"text": "hi"})[0] == 200


def test_an_invalid_json_reply_comes_although_the_message_was_sent(page):
    page.world.faults.add({"name": "invalid_json_reply"})
    answer = page.send(page.person(), {"text": "hi"})
    assert (answer[0], code_of(answer)) == (500, (1, 1357046))
    assert page.world.record.accepted == 1


def test_an_error_has_the_documented_body(page):
    _, body = page.send("1234567890123456", {"text": "hi"})
    assert body["error"].pop("fbtrace_id")
    assert body == {
        "error": {
            "message": "(#100) No matching user found",
            "type": "OAuthException",
            "code": 100,
            "error_subcode": 2018001,
            "is_transient": False,
        }
    }


def test_code_2_says_that_it_is_transient(page):
    page.world.faults.add({"name": "transient"})
    assert page.send(page.person(), {"text": "hi"})[1]["error"]["is_transient"] is True


def test_refusals_are_counted_by_code_and_subcode(page):
    page.send("0", {"text": "hi"})
    page.send("0", {"text": ""})
    assert page.world.record.refused == {"100/2018001": 1, "100": 1}


@pytest.mark.parametrize("path", ["/v26.0/me/feed", "/v26.0/999/messages", "/v26.0/", "/v26.0/9/picture/x"])
def test_a_path_that_is_not_there_is_100_33(page, path):
    assert code_of(page.call("POST", path, {})) == (100, 33)


# 6: tokens


@pytest.mark.parametrize(("token", "refusal"), [("", (104, None)), ("wrong", (190, 467))])
def test_a_call_without_the_right_token_is_refused(page, token, refusal):
    assert code_of(page.call("GET", "/v26.0/me", token=token)) == refusal


def test_the_token_may_come_as_a_parameter(page):
    assert page.call("GET", f"/v26.0/me?access_token={page.config.token}", token="") == (
        200,
        {"id": page.config.page_id, "name": "Simulated Page"},
    )


@pytest.mark.parametrize(("proof", "refusal"), [("", (100, None)), ("0" * 64, (100, None)), ("right", None)])
def test_with_an_app_secret_every_call_needs_its_proof(proof, refusal):
    page = OfflinePage(app_secret="s3cret")
    right = hmac.new(b"s3cret", page.config.token.encode(), hashlib.sha256).hexdigest()
    path = f"/v26.0/me?appsecret_proof={right if proof == 'right' else proof}"
    assert code_of(page.call("GET", path)) == refusal


def test_debug_token_tells_about_a_good_a_wrong_and_an_expired_token(page):
    path = f"/v26.0/debug_token?input_token={page.config.token}"
    _, good = page.call("GET", path)
    assert good["data"]["is_valid"] is True
    assert "pages_messaging" in good["data"]["scopes"]
    _, wrong = page.call("GET", "/v26.0/debug_token?input_token=other")
    assert wrong["data"]["is_valid"] is False
    page.world.faults.add({"name": "token_expired"})
    _, expired = page.call("GET", path, token=f"{page.config.app_id}|")
    assert (expired["data"]["is_valid"], expired["data"]["error"]["subcode"]) == (False, 463)


# 2.4: attachments


def test_an_uploaded_image_is_sent_by_its_id_for_90_days(page):
    status, made = page.call("POST", "/v26.0/me/message_attachments", {"message": {"attachment": IMAGE}})
    assert status == 200
    by_id = {"attachment": {"type": "image", "payload": made}}
    page.clock.advance(timedelta(days=90) - timedelta(milliseconds=1))
    assert page.send(page.person(), by_id)[0] == 200
    page.clock.advance(timedelta(milliseconds=1))
    assert code_of(page.send(page.person(), by_id)) == (100, 2018074)


def test_an_uploaded_image_is_not_a_video(page):
    _, made = page.call("POST", "/v26.0/me/message_attachments", {"message": {"attachment": IMAGE}})
    answer = page.send(page.person(), {"attachment": {"type": "video", "payload": made}})
    assert code_of(answer) == (100, 2018047)


def test_sending_a_reusable_image_returns_its_id(page):
    _, body = page.send(page.person(), {"attachment": IMAGE})
    again = {"attachment": {"type": "image", "payload": {"attachment_id": body["attachment_id"]}}}
    assert page.send(page.person(), again)[0] == 200


def test_an_uploaded_image_is_shown_on_the_phone(page):
    _, made = page.call("POST", "/v26.0/me/message_attachments", {"message": {"attachment": IMAGE}})
    page.send(page.person(), {"attachment": {"type": "image", "payload": made}})
    payload = page.world.record.sends[-1].message["attachment"]["payload"]
    assert payload == {**made, "url": IMAGE["payload"]["url"]}


# 3.2: utility messages


def utility(psid):
    body = json.loads((PAYLOADS / "utility_send.json").read_text())
    return {**body, "recipient": {"id": psid}}


def test_outside_the_window_an_approved_template_is_sent_and_nothing_else(page):
    psid = page.person(window_hours=0)
    assert code_of(page.call("POST", "/v26.0/me/messages", utility(psid))) == (10, 2018278)
    status, made = page.call("POST", "/v26.0/me/message_templates", ORDER_UPDATE)
    assert (status, made["status"], made["category"]) == (200, "APPROVED", "UTILITY")
    assert page.call("POST", "/v26.0/me/messages", utility(psid))[0] == 200
    assert code_of(page.send(psid, {"text": "hi"}, messaging_type="UTILITY")) == (10, 2018278)
    page.world.templates.set_status("order_update", "REJECTED")
    assert code_of(page.call("POST", "/v26.0/me/messages", utility(psid))) == (10, 2018278)


def test_inside_the_window_a_wrong_template_is_an_invalid_parameter(page):
    psid = page.person()
    assert code_of(page.call("POST", "/v26.0/me/messages", utility(psid))) == (100, None)
    page.call("POST", "/v26.0/me/message_templates", ORDER_UPDATE)
    wrong_type = {**utility(psid), "messaging_type": "UPDATE"}
    assert code_of(page.call("POST", "/v26.0/me/messages", wrong_type)) == (100, None)
    no_parameters = utility(psid)
    no_parameters["message"]["template"]["components"] = []
    assert code_of(page.call("POST", "/v26.0/me/messages", no_parameters)) == (100, None)


def test_templates_are_listed_and_deleted(page):
    page.call("POST", "/v26.0/me/message_templates", ORDER_UPDATE)
    _, listed = page.call("GET", "/v26.0/me/message_templates")
    assert [made["name"] for made in listed["data"]] == ["order_update"]
    assert page.call("DELETE", "/v26.0/me/message_templates?name=order_update")[0] == 200
    assert page.call("GET", "/v26.0/me/message_templates")[1] == {"data": []}


@pytest.mark.parametrize("change", [{"category": "MARKETING"}, {"components": []}, {"name": ""}])
def test_a_template_that_is_not_one_is_refused(page, change):
    assert code_of(page.call("POST", "/v26.0/me/message_templates", {**ORDER_UPDATE, **change})) == (100, None)


# 5: profiles


def test_a_profile_has_the_fields_that_were_asked_for(page):
    psid = page.person()
    page.world.people.set_profile(page.world.people.find(psid), {"first_name": "Mei", "timezone": 8})
    path = f"/v26.0/{psid}?fields=first_name,timezone"
    assert page.call("GET", path) == (200, {"first_name": "Mei", "timezone": 8, "id": psid})


def test_without_the_permission_a_profile_is_an_empty_object():
    page = OfflinePage(profile_access=False)
    assert page.call("GET", f"/v26.0/{page.person()}?fields=first_name") == (200, {})


def test_a_profile_is_readable_once_the_person_has_written(page):
    assert code_of(page.call("GET", f"/v26.0/{page.person(window_hours=None)}")) == (230, None)


def test_nobodys_profile_is_100_33(page):
    assert code_of(page.call("GET", "/v26.0/1234567890123456")) == (100, 33)


COMMANDS = [
    ("a name of 32 and a description of 64", [{"name": "n" * 32, "description": "d" * 64}], None),
    ("100 commands", [{"name": "n", "description": "d"}] * 100, None),
    ("101 commands", [{"name": "n", "description": "d"}] * 101, (100, None)),
    ("none", [], (100, None)),
    ("a name of 33", [{"name": "n" * 33, "description": "d"}], (100, None)),
    ("a description of 65", [{"name": "n", "description": "d" * 65}], (100, None)),
    ("a name with a slash", [{"name": "/n", "description": "d"}], (100, None)),
]


@pytest.mark.parametrize(("label", "commands", "refusal"), COMMANDS, ids=[label for label, *_ in COMMANDS])
def test_commands_are_held_to_their_limits(page, label, commands, refusal):
    body = {"commands": [{"locale": "default", "commands": commands}]}
    assert code_of(page.call("POST", "/v26.0/me/messenger_profile", body)) == refusal


def test_commands_need_a_default_locale(page):
    body = {"commands": [{"locale": "de_DE", "commands": [{"name": "n", "description": "d"}]}]}
    assert code_of(page.call("POST", "/v26.0/me/messenger_profile", body)) == (100, None)


def test_the_messenger_profile_is_set_read_and_deleted(page):
    path, started = "/v26.0/me/messenger_profile", {"get_started": {"payload": "START"}}
    assert page.call("POST", path, started) == (200, {"result": "success"})
    assert page.call("GET", path + "?fields=get_started,greeting") == (200, {"data": [started]})
    assert page.call("DELETE", path, {"fields": ["get_started"]}) == (200, {"result": "success"})
    assert page.call("GET", path + "?fields=get_started") == (200, {"data": []})


def test_a_persistent_menu_needs_get_started_first(page):
    path, menu = "/v26.0/me/messenger_profile", {"persistent_menu": [{"locale": "default", "call_to_actions": []}]}
    assert code_of(page.call("POST", path, menu)) == (100, None)
    page.call("POST", path, {"get_started": {"payload": "START"}})
    assert page.call("POST", path, menu)[0] == 200


# 1.6: subscriptions


def test_the_app_is_subscribed_to_the_fields_it_asks_for(page):
    path = f"/v26.0/{page.config.page_id}/subscribed_apps"
    assert page.call("POST", path + "?subscribed_fields=messages,message_echoes") == (200, {"success": True})
    _, body = page.call("GET", path)
    assert body["data"][0]["subscribed_fields"] == ["message_echoes", "messages"]
    assert code_of(page.call("POST", path + "?subscribed_fields=messenger_gossip")) == (100, None)


# 4.2: batches


def operation(psid, text="hi", **more):
    body = f"recipient=%7B%22id%22%3A%22{psid}%22%7D&message=%7B%22text%22%3A%22{text}%22%7D&messaging_type=UPDATE"
    return {"method": "POST", "relative_url": "me/messages", "body": body, **more}


def test_a_batch_answers_in_order_and_one_failure_fails_no_other(page):
    psid = page.person()
    batch = [operation(psid), operation("0"), {"method": "GET", "relative_url": "me"}]
    status, parts = page.call("POST", "/v26.0/", {"batch": batch})
    assert status == 200
    assert [part["code"] for part in parts] == [200, 400, 200]
    assert json.loads(parts[0]["body"])["recipient_id"] == psid
    assert json.loads(parts[1]["body"])["error"]["error_subcode"] == 2018001
    assert parts[0]["headers"] == []


def test_a_batch_may_go_without_headers_and_without_the_answers_of_successes(page):
    batch = [operation(page.person(), omit_response_on_success=True), operation("0", omit_response_on_success=True)]
    _, parts = page.call("POST", "/v26.0/me", {"batch": batch, "include_headers": "false"})
    assert parts[0] is None
    assert parts[1].keys() == {"code", "body"}


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 400)])
def test_a_batch_has_at_most_50_operations(page, count, status):
    psid = page.person()
    answer = page.call("POST", "/v26.0/", {"batch": [operation(psid)] * count})
    assert answer[0] == status
    if status == 400:
        assert answer[1]["error"]["type"] == "GraphBatchException"
        assert answer[1]["error"]["message"].endswith("Maximum batch size is 50")


def test_a_lost_answer_inside_a_batch_is_null_although_the_message_was_sent(page):
    page.world.faults.add({"name": "timeout_after_accepting", "next_calls": 1})
    psid = page.person()
    _, parts = page.call("POST", "/v26.0/", {"batch": [operation(psid), operation(psid)]})
    assert parts[0] is None
    assert parts[1]["code"] == 200
    assert page.world.record.accepted == 2
