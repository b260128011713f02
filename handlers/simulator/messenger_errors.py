"""The Graph API's refusals, word for word where the words are known: one row each."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One refusal of the Graph API. `subcode` 0 means that the body carries none."""

    code: int
    subcode: int
    status: int
    message: str
    type: str = "OAuthException"
    transient: bool = False


# Codes and meanings: developers.facebook.com, Messenger Platform, error codes (Jun 25, 2026); 104, 230 and
# the batch's -3 are not in that table and are given as they have been seen. The HTTP statuses are the
# usual ones; the platform documents none, so a client must not lean on them.
ERRORS: Mapping[str, ErrorRow] = {
    "unknown": ErrorRow(1, 0, 500, "An unknown error occurred"),
    "invalid_json_reply": ErrorRow(1, 1357046, 500, "(#1) Received invalid JSON reply"),
    "transient": ErrorRow(
        2, 0, 503, "An unexpected error has occurred. Please retry your request later.", transient=True
    ),
    "outside_window": ErrorRow(10, 2018278, 403, "(#10) This message is sent outside of allowed window."),
    "cannot_receive": ErrorRow(10, 2018108, 403, "(#10) This person can't receive your messages right now."),
    "opted_out": ErrorRow(10, 1893015, 403, "(#10) This person stopped notifications for this topic."),
    "page_restricted": ErrorRow(10, 1893063, 403, "(#10) This Page is temporarily restricted from sending messages."),
    "no_permission": ErrorRow(10, 0, 403, "(#10) Application does not have permission for this action"),
    "invalid": ErrorRow(100, 0, 400, "(#100) Invalid parameter"),
    "no_object": ErrorRow(
        100,
        33,
        400,
        "Unsupported request. The object does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation.",
        type="GraphMethodException",
    ),
    "no_user": ErrorRow(100, 2018001, 400, "(#100) No matching user found"),
    "unfetchable": ErrorRow(100, 2018008, 400, "(#100) Failed to fetch the file from the url"),
    "action_with_message": ErrorRow(
        100, 2018014, 400, "(#100) Cannot send message and sender_action in the same request"
    ),
    "wrong_media": ErrorRow(100, 2018047, 400, "(#100) Upload attachment failure: media type mismatch"),
    "bad_attachment": ErrorRow(100, 2018074, 400, "(#100) Invalid attachment id or not the owner"),
    "too_large": ErrorRow(100, 2018109, 400, "(#100) Attachment size exceeds allowable limit"),
    "token_invalid": ErrorRow(190, 467, 400, "Error validating access token: The access token is invalid."),
    "token_expired": ErrorRow(190, 463, 400, "Error validating access token: Session has expired."),
    "no_token": ErrorRow(104, 0, 400, "An access token is required to request this resource."),
    "not_live": ErrorRow(
        200, 2018028, 403, "(#200) Cannot message users who are not admins, developers or testers of the app"
    ),
    "unavailable": ErrorRow(200, 1545041, 403, "(#200) This person isn't available right now."),
    "no_consent": ErrorRow(230, 0, 403, "(#230) User consent is required to access user profile"),
    "blocked": ErrorRow(551, 1545041, 400, "(#551) This person isn't available right now."),
    "throttled_613": ErrorRow(613, 0, 403, "(#613) Calls to this api have exceeded the rate limit."),
    "throttled_80006": ErrorRow(80006, 0, 403, "(#80006) There have been too many calls to this Messenger account."),
    "other_owner": ErrorRow(2018300, 0, 403, "(#2018300) Another app is controlling this thread now."),
    "batch_too_large": ErrorRow(
        -3,
        0,
        400,
        "Too many requests in batch message. Maximum batch size is 50",
        type="GraphBatchException",
    ),
}


class GraphError(Exception):
    """A refusal on its way to the caller: a row of `ERRORS`, with the exact words where they vary."""

    def __init__(self, name: str, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.row = ERRORS[name]
        self.message = message or self.row.message
        self.headers = headers or {}
        super().__init__(self.message)

    @property
    def label(self) -> str:
        """The key under which refusals are counted: `code`, or `code/subcode`."""
        return f"{self.row.code}/{self.row.subcode}" if self.row.subcode else str(self.row.code)

    def body(self) -> bytes:
        """Return the JSON body, with an `fbtrace_id` of its own."""
        error: dict[str, object] = {
            "message": self.message,
            "type": self.row.type,
            "code": self.row.code,
            "is_transient": self.row.transient,
        }
        if self.row.subcode:
            error["error_subcode"] = self.row.subcode
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return json.dumps({"error": error}).encode()


def invalid(message: str) -> GraphError:
    """Return code 100 with these words, which name the parameter."""
    return GraphError("invalid", f"(#100) {message}")
