"""Files in and out: bad lines are refused with a reason, good ones are kept, opt-outs stay."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.exchange import BadFile, as_json, as_table, export_recipients, import_subscribers, status
from storage import broadcasts, channels, ledger, subscribers, variables
from storage.lifecycle import Consent
from storage.models import Recipient, Subscriber
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def channel():
    return channels.ensure("page", "messenger")


@pytest.fixture
def bring(channel, tmp_path):
    def write(text: str):
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_subscribers(channel, path, START)

    return write


def test_people_come_in_with_profile_moments_and_variables(bring):
    result = bring(
        "platform_user_id,first_name,window_expires_at,var.plan,var.visits\n"
        "p1,Zoë,2026-11-24T10:00:00Z,pro,12\np2,,,,\n"
    )
    assert (result.written, result.refused) == (2, 0)
    zoe = Subscriber.get(Subscriber.platform_user_id == "p1")
    assert (zoe.first_name, zoe.variables) == ("Zoë", {"plan": "pro", "visits": 12})
    assert zoe.window_expires_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert Subscriber.get(Subscriber.platform_user_id == "p2").variables == {}


def test_a_variable_is_a_number_when_every_cell_is_one(bring, channel):
    bring("platform_user_id,var.age,var.code\np1,30,7\np2,,x7\n")
    assert variables.kinds(channel) == {"age": "number", "code": "text"}
    assert Subscriber.get(Subscriber.platform_user_id == "p1").variables == {"age": 30, "code": "7"}


def test_a_variable_keeps_its_kind_and_what_does_not_fit_is_refused(bring):
    bring("platform_user_id,var.age\np1,30\n")
    result = bring("platform_user_id,var.age\np1,31\np2,old\n")
    assert result.reasons == [(3, "var.age is 'old'; it holds numbers")]
    assert Subscriber.get(Subscriber.platform_user_id == "p1").variables == {"age": 31}


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "nan", "1e999", "9" * 400 + ".5"])
def test_what_is_no_number_to_count_with_is_text_and_refused_where_numbers_are_held(bring, channel, cell):
    bring(f"platform_user_id,var.code\np1,{cell}\n")
    assert variables.kinds(channel) == {"code": "text"}
    bring("platform_user_id,var.age\np1,30\n")
    assert bring(f"platform_user_id,var.age\np1,{cell}\n").reasons == [(2, f"var.age is {cell!r}; it holds numbers")]


def test_importing_again_never_brings_back_who_opted_out(bring, channel):
    bring("platform_user_id\np1\n")
    subscribers.set_consent(channel, "p1", Consent.OPTED_OUT, START)
    bring("platform_user_id,first_name\np1,New\n")
    person = Subscriber.get(Subscriber.platform_user_id == "p1")
    assert (person.consent, person.first_name) == ("opted_out", "New")


def test_a_file_moves_no_window_back_that_the_platform_has_opened_since(bring, channel):
    subscribers.seen(channel, "p1", START, START + timedelta(hours=24))
    for hours, then in ((3, 24), (30, 30)):
        bring(f"platform_user_id,window_expires_at\np1,{(START + timedelta(hours=hours)).isoformat()}\n")
        assert Subscriber.get().window_expires_at == START + timedelta(hours=then)


def test_bad_lines_are_refused_one_by_one_and_the_others_kept(bring):
    result = bring("platform_user_id,window_expires_at\n,\np2,soon\np3,2026-11-24T10:00:00Z\np4\n")
    assert result.written == 1
    assert [line for line, _ in result.reasons] == [2, 3, 5]
    assert "platform_user_id is empty" in result.reasons[0][1]
    assert "expected a time like 2026-11-23T10:00:00Z" in result.reasons[1][1]


@pytest.mark.parametrize("person", ["p 1", "p1 p2", "p\u00a01", "p\t1", "p\u30001"])
def test_an_id_with_blanks_in_it_is_refused_with_its_line(bring, person):
    result = bring(f"platform_user_id\np1\n{person}\n")
    assert (result.written, result.refused) == (1, 1)
    assert result.reasons == [(3, f"platform_user_id is {person!r}; expected no blanks in it")]


def test_the_first_line_may_come_after_blank_ones_and_be_written_in_any_case(bring):
    result = bring("\n  \n Platform_User_ID , FIRST_NAME,Var.Plan\np1,Ann,pro\n  ,,\n\n")
    assert (result.written, result.refused) == (1, 1)
    person = Subscriber.get()
    assert (person.platform_user_id, person.first_name, person.variables) == ("p1", "Ann", {"Plan": "pro"})
    assert bring("platform_user_id\np1\n   \n").refused == 0


@pytest.mark.parametrize("codes", [("0012", "34"), ("34", "0012"), ("34", "-01")])
def test_a_column_with_leading_zeros_holds_texts(bring, channel, codes):
    bring("platform_user_id,var.zip\n" + "".join(f"p{code},{code}\n" for code in codes))
    assert variables.kinds(channel) == {"zip": "text"}
    assert {row.variables["zip"] for row in Subscriber.select()} == set(codes)


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("timezone", "99", "timezone is '99'; expected a name like Europe/Berlin, or an offset like UTC+08:00"),
        ("first_name", "An\0n", "first_name is 'An\\x00n'; a NUL byte is in it, which no text can hold"),
        ("var.plan", "\0", "var.plan is '\\x00'; a NUL byte is in it, which no text can hold"),
    ],
)
def test_what_cannot_be_kept_is_a_refused_line(bring, column, cell, why):
    result = bring(f"platform_user_id,{column}\np1,{cell}\np2,\n")
    assert (result.written, result.reasons) == (1, [(2, why)])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC+08:00"])
def test_time_zones_come_in_as_names_and_as_offsets(bring, zone):
    assert bring(f"platform_user_id,timezone\np1,{zone}\n").refused == 0
    assert Subscriber.get().timezone == zone


def test_an_id_with_a_nul_byte_is_refused(bring):
    assert bring("platform_user_id\np\0\n").refused == 1


def test_one_person_on_two_lines_is_counted_once(bring, monkeypatch):
    monkeypatch.setattr("bot.exchange.BATCH", 2)
    result = bring("platform_user_id,first_name\np1,Ann\n p1 ,Anna\np2,\np1,Annie\n")
    assert (result.written, result.doubled, result.refused) == (2, 2, 0)
    assert Subscriber.get(Subscriber.platform_user_id == "p1").first_name == "Annie"


def test_refused_lines_are_kept_beside_the_file_with_their_reasons(bring, tmp_path):
    bring("platform_user_id,window_expires_at\np1,soon\np2,2026-11-24T10:00:00Z\n")
    kept = (tmp_path / "people.refused.csv").read_text().splitlines()
    assert kept[0] == "refused_because,line,platform_user_id,window_expires_at"
    assert kept[1].endswith(",2,p1,soon")


def test_a_second_import_changes_what_it_says_and_leaves_the_rest(bring):
    bring("platform_user_id,first_name,city,var.plan,var.visits\np1,Ann,Rome,pro,3\n")
    bring("platform_user_id,first_name,city,var.visits\np1,,Oslo,4\n")
    person = Subscriber.get(Subscriber.platform_user_id == "p1")
    assert (person.first_name, person.city, person.variables) == ("Ann", "Oslo", {"plan": "pro", "visits": 4})
    assert person.first_seen_at == START


def test_progress_is_told_as_the_file_is_read(channel, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("platform_user_id\n" + "".join(f"p{n}\n" for n in range(12_000)))
    told = []
    import_subscribers(channel, path, START, lambda part, people: told.append((part, people)))
    assert [people for _, people in told] == [5000, 10_000, 12_000]
    assert told[-1][0] == 1.0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nx\n", "no column platform_user_id"),
        ("platform_user_id,colour\np1,red\n", "nothing is known of the column 'colour'"),
        ("platform_user_id,var.bad name\np1,x\n", "var.NAME, with letters, digits and _ in the name"),
        ("platform_user_id;first_name\np1;Ann\n", "in its first line. Commas separate the columns."),
        ("", "no column platform_user_id"),
        ("\n , \n", "no column platform_user_id"),
        ("platform_user_id,city,city\np1,Rome,Oslo\n", "has the column city 2 times; leave one of them."),
        ("platform_user_id,var.a, VAR.a \np1,1,2\n", "has the column var.a 2 times"),
        (b"platform_user_id\n\xff\xfe\n", "not CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(bring, text, sentence):
    with pytest.raises(BadFile) as refused:
        bring(text)
    assert sentence in str(refused.value)


def test_the_ledger_goes_out_as_csv_and_status_balances(bring, channel):
    bring("platform_user_id\np1\np2\np3\n")
    row = broadcasts.create(channel, "Spring", "boss", START)
    ledger.plan(row.id, channel, None, {}, START)
    (claim,) = ledger.claim(row.id, "w", 1, START)
    ledger.skip_rest(row.id, "cancelled", START)
    out = io.StringIO()
    export_recipients(row.id, out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "platform_user_id,state,reason,message_ids,updated_at"
    assert lines[1] == f"{claim.to},skipped,cancelled,,2026-11-24T09:00:00.000Z"
    (line,) = json.loads(as_json(status({channel: "page"})))
    assert line == {
        "id": row.id, "name": "Spring", "channel": "page", "status": "draft", "audience": 3, "pending": 0, "sent": 0,
        "delivered": 0, "read": 0, "failed": 0, "skipped": 3, "unknown": 0,
    }  # fmt: skip
    assert "Spring" in as_table(status({channel: "page"}))


def test_status_counts_who_has_read_it_as_delivered_too(bring, channel):
    bring("platform_user_id\np1\np2\n")
    row = broadcasts.create(channel, "Spring", "boss", START)
    ledger.plan(row.id, channel, None, {}, START)
    for recipient, state in zip(Recipient.select(), ("delivered", "read"), strict=True):
        Recipient.update(state=state).where(Recipient.subscriber == recipient.subscriber_id).execute()
    (line,) = status({channel: "page"})
    assert (line["audience"], line["sent"], line["delivered"], line["read"]) == (2, 2, 2, 1)


def test_exporting_a_broadcast_that_is_not_there_says_so():
    with pytest.raises(BadFile, match="There is no broadcast 99"):
        export_recipients(99, io.StringIO())
