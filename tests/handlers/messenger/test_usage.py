"""The gauges beside an answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messenger.usage import read_usage
from handlers.outcomes import Usage

APP = '{"call_count":28,"total_time":25,"total_cputime":31}'


def business(**gauges):
    return json.dumps({"1234567890123": [{"type": "messenger", **gauges}]})


CASES = (
    ("no headers", {}, None),
    ("the app's fullest gauge", {"x-app-usage": APP}, Usage(31.0)),
    (
        "minutes become seconds",
        {"x-business-use-case-usage": business(call_count=100, total_time=25, estimated_time_to_regain_access=19)},
        Usage(100.0, 1140.0),
    ),
    (
        "no wait while nothing is spent",
        {"x-business-use-case-usage": business(call_count=5, estimated_time_to_regain_access=0)},
        Usage(5.0),
    ),
    (
        "the fuller of both headers",
        {"x-app-usage": APP, "x-business-use-case-usage": business(call_count=30)},
        Usage(31.0),
    ),
    (
        "another trade's gauge does not slow us",
        {
            "x-business-use-case-usage": json.dumps(
                {"1": [{"type": "ads_management", "call_count": 100}, {"type": "pages", "call_count": 7}]}
            )
        },
        Usage(7.0),
    ),
    ("nonsense", {"x-app-usage": "<html>", "x-business-use-case-usage": "[1]"}, None),
    ("a number no float holds", {"x-app-usage": '{"call_count":1' + "0" * 400 + "}"}, None),
    ("numbers that are none", {"x-app-usage": '{"call_count":"28","total_time":true,"total_cputime":NaN}'}, None),
)


@pytest.mark.parametrize(("headers", "usage"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_usage_is_read(headers, usage):
    assert read_usage(headers) == usage


@given(
    st.text(), st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_no_header_ever_turns_into_an_error(app, value):
    read_usage({"x-app-usage": app, "x-business-use-case-usage": json.dumps({"1": [value, {"call_count": value}]})})
