"""Section 4.6: the four counts, the event at the end, and all that can go wrong in between."""

import pytest

from tests.handlers.simulator.wechat.rig import OfflineAccount, code, live_account, mass_text


@pytest.fixture
def account():
    return OfflineAccount()


FILTERED = [
    ("who refuses", {"refused": True}),
    ("who is blacklisted", {"blacklisted": True}),
    ("whose account is frozen", {"limited": True}),
]


@pytest.mark.parametrize(("label", "states"), FILTERED, ids=[label for label, _ in FILTERED])
def test_a_job_leaves_out(account, label, states):
    openids = account.people(2) + account.people(1, **states)
    account.send(openids)
    assert account.counts() == (3, 2, 2, 0)


def test_a_job_leaves_out_who_has_left_and_counts_them_where_they_were_named(account):
    openids = account.people(3)
    account.world.people.unfollow(0)
    account.send(openids)
    assert account.counts() == (3, 2, 2, 0)
    account.sendall()
    assert account.counts() == (2, 2, 2, 0)


def test_a_tag_reaches_who_carries_it(account):
    openids = account.people(5)
    account.sendall(account.tag(openids[:3]))
    assert account.counts() == (3, 3, 3, 0)
    assert [len(account.world.record.phone(number, 0)) for number in range(5)] == [1, 1, 1, 0, 0]


def test_a_tag_that_is_gone_when_the_job_runs_reaches_nobody(account):
    tag = account.tag(account.people(2))
    account.sendall(tag)
    account.post("tags/delete", tag={"id": tag})
    assert account.counts() == (0, 0, 0, 0)


ENDS = [
    ("a review", {"name": "review_failed"}, "err(20001)", (2, 0, 0, 0)),
    ("another review", {"name": "review_failed", "num": 30003}, "err(30003)", (2, 0, 0, 0)),
    ("a failure", {"name": "send_failed"}, "send fail", (2, 2, 0, 2)),
    ("some errors", {"name": "some_errors", "share": 0.5}, "send success", (2, 2, 1, 1)),
    ("a refusing administrator", {"name": "protection_refused"}, "err(40001)", (2, 0, 0, 0)),
    ("a silent administrator", {"name": "protection_timeout"}, "err(40002)", (2, 0, 0, 0)),
]


@pytest.mark.parametrize(("label", "fault", "status", "counts"), ENDS, ids=[label for label, *_ in ENDS])
def test_a_job_ends_in(account, label, fault, status, counts):
    account.people(2)
    account.world.faults.add(fault)
    assert code(account.sendall()) == 0
    assert account.counts() == counts
    (job,) = account.world.jobs.all
    assert job.status == status
    state = "SEND_SUCCESS" if status == "send success" else "SEND_FAIL"
    assert account.post("message/mass/get", msg_id=job.msg_id)["msg_status"] == state


def test_a_job_that_failed_does_not_use_up_the_day(account):
    account.people(2)
    account.world.faults.add({"name": "review_failed", "next_calls": 1})
    account.sendall(clientmsgid="1")
    account.finish()
    assert code(account.sendall(clientmsgid="2")) == 0


def test_a_draft_is_gone_after_a_successful_send(account):
    openids = account.people(2)
    draft = account.draft()
    account.send(openids, msgtype="mpnews", mpnews={"media_id": draft}, clientmsgid="1")
    assert code(account.send(openids, msgtype="mpnews", mpnews={"media_id": draft}, clientmsgid="2")) == 40007
    account.finish()
    assert code(account.post("draft/get", media_id=draft)) == 40007
    account.later(seconds=60)
    assert code(account.send(openids, msgtype="mpnews", mpnews={"media_id": draft}, clientmsgid="1")) == 45065


def test_a_draft_stays_after_a_send_that_failed_and_after_a_preview(account):
    openids = account.people(2)
    draft = account.draft()
    article = {"msgtype": "mpnews", "mpnews": {"media_id": draft}}
    account.post("message/mass/preview", touser=openids[0], **article)
    account.world.faults.add({"name": "review_failed"})
    assert code(account.send(openids, **article)) == 0
    account.finish()
    assert code(account.post("draft/get", media_id=draft)) == 0


def test_a_protected_account_waits_for_its_administrator_before_a_send_to_all():
    account = OfflineAccount(protection=True)
    openids = account.people(2)
    assert code(account.send(openids)) == 0
    assert code(account.sendall(clientmsgid="b1")) == 89505
    assert code(account.sendall(clientmsgid="b1")) == 89504
    account.finish()
    listed, protected = account.world.jobs.all
    assert (listed.state, protected.state) == ("success", "approval")
    account.account.runner.decide(protected, confirmed=True)
    assert account.counts() == (2, 2, 2, 0)
    account.later(seconds=60)
    assert code(account.sendall(clientmsgid="b1")) == 45065


def test_an_administrator_who_refuses_ends_the_job():
    account = OfflineAccount(protection=True)
    account.people(2)
    account.sendall()
    account.account.runner.decide(account.world.jobs.all[0], confirmed=False)
    assert account.finish().status == "err(40001)"
    assert account.world.people.most_mass() == 0


@pytest.mark.parametrize(("minutes", "status"), [(29.9, ""), (30, "err(40002)")])
def test_an_administrator_has_30_minutes(minutes, status):
    account = OfflineAccount(protection=True)
    account.people(2)
    account.sendall()
    account.later(minutes=minutes)
    assert account.finish().status == status


def test_the_wait_can_also_be_answered_as_accepted(account):
    account.people(2)
    account.world.faults.add({"name": "protection_pending", "code": 0})
    msg_id = account.sendall()["msg_id"]
    account.finish()
    assert account.post("message/mass/get", msg_id=msg_id)["msg_status"] == "SENDING"


def test_a_slow_job_is_sending_until_its_time(account):
    account.people(2)
    account.world.faults.add({"name": "slow_job", "seconds": 90})
    msg_id = account.sendall()["msg_id"]
    account.later(seconds=89)
    account.finish()
    assert account.post("message/mass/get", msg_id=msg_id)["msg_status"] == "SENDING"
    account.later(seconds=1)
    account.finish()
    assert account.post("message/mass/get", msg_id=msg_id)["msg_status"] == "SEND_SUCCESS"


def test_a_first_call_can_be_told_that_its_id_exists_although_it_was_accepted(account):
    account.people(2)
    account.world.faults.add({"name": "internal_retry"})
    answer = account.sendall(clientmsgid="b1")
    assert code(answer) == 45065
    assert account.counts() == (2, 2, 2, 0)
    assert account.world.jobs.all[0].msg_id == answer["msg_id"]


ACCEPTED = ["system_error_after_accepting", "html_502_after_accepting", "timeout_after_accepting"]


@pytest.mark.parametrize("fault", ACCEPTED)
def test_a_lost_answer_and_its_retry_make_one_job(fault):
    account = OfflineAccount()
    openids = account.people(2)
    call = {"name": fault, "next_calls": 1, "calls": ["message/mass/send"]}
    account.world.faults.add(call)
    if fault == "system_error_after_accepting":
        assert code(account.send(openids, clientmsgid="b1")) == -1
    else:
        account.send(openids, clientmsgid="b1")
    account.later(seconds=60)
    assert code(account.send(openids, clientmsgid="b1")) == 45065
    account.finish()
    assert len(account.world.jobs.all) == 1
    assert account.world.record.most_per_content() == 1


def test_what_reached_somebody_twice_is_found_by_content_whatever_its_id_and_road(account):
    openids = account.people(3)
    account.send(openids[:2], clientmsgid="1")
    account.finish()
    account.send(openids[1:], clientmsgid="2")
    account.finish()
    account.world.windows.open(2, "message", account.clock.millis())
    account.text(openids[2])
    assert sorted((number, times) for number, _, times in account.world.record.repeated()) == [(1, 2), (2, 2)]
    assert account.world.record.most_per_content() == 2
    assert account.world.record.repeated_clientmsgids() == []


def test_an_id_that_was_used_again_after_a_day_is_found_too(account):
    openids = account.people(2)
    account.send(openids, clientmsgid="1")
    account.finish()
    account.later(hours=24)
    account.send(openids, clientmsgid="1", text={"content": "other"})
    account.finish()
    assert account.world.record.repeated_clientmsgids() == [(0, "1", 2), (1, "1", 2)]


def events(receiver):
    return [post for post in receiver.posts if post.fields()["MsgType"] == "event"]


def test_the_event_has_the_documented_fields():
    with live_account() as account:
        openids = account.people(2)
        account.people(1, states={"refused": True})
        msg_id = account.call("message/mass/sendall", filter={"is_to_all": True}, **mass_text()).json()["msg_id"]
        account.settle()
    (event,) = events(account.receiver)
    fields = event.fields()
    assert list(fields) == [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Event",
        "MsgID",
        "Status",
        "TotalCount",
        "FilterCount",
        "SentCount",
        "ErrorCount",
        "CopyrightCheckResult",
        "ArticleUrlResult",
    ]
    assert fields["ToUserName"] == account.config.original_id
    assert fields["FromUserName"] == openids[0]
    assert fields["Event"] == "MASSSENDJOBFINISH"
    assert fields["MsgID"] == str(msg_id)
    assert fields["Status"] == "send success"
    counts = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
    assert [fields[name] for name in counts] == ["3", "2", "2", "0"]
    assert event.find("CopyrightCheckResult/CheckState") == "1"
    assert event.find("ArticleUrlResult/Count") == "0"


def test_the_event_of_an_article_has_its_addresses():
    with live_account() as account:
        account.people(2)
        url = f"{account.url}/cgi-bin/material/add_material?type=image&access_token={account.token()}"
        cover = account.http.post(url, files={"media": ("p.jpg", b"\xff\xd8\xff1")}).json()["media_id"]
        article = {"title": "t", "content": "c", "thumb_media_id": cover}
        draft = account.call("draft/add", articles=[article] * 2).json()["media_id"]
        body = {"msgtype": "mpnews", "mpnews": {"media_id": draft}, "filter": {"is_to_all": True}}
        assert account.call("message/mass/sendall", **body).json()["errcode"] == 0
        account.settle()
    (event,) = events(account.receiver)
    assert event.find("ArticleUrlResult/Count") == "2"
    assert event.find("ArticleUrlResult/ResultList/item/ArticleIdx") == "1"
    assert event.find("ArticleUrlResult/ResultList/item/ArticleUrl").startswith("http://mp.weixin.qq.com/s/")


@pytest.mark.parametrize(("fault", "count"), [("lost_event", 0), ("empty_copyright", 1), ("slow_job", 0)])
def test_events_can_be_lost_late_or_without_their_copyright_check(fault, count):
    with live_account() as account:
        account.people(2)
        account.control("POST", "/faults", name=fault)
        account.call("message/mass/sendall", filter={"is_to_all": True}, **mass_text())
        account.settle()
        found = events(account.receiver)
        assert len(found) == count
        assert all(event.find("CopyrightCheckResult/CheckState") is None for event in found)
        account.control("POST", "/clock", advance_seconds=60)
        account.settle()
        assert len(events(account.receiver)) == count + (fault == "slow_job")


def test_the_administrator_confirms_through_the_control_api():
    with live_account(protection=True) as account:
        openids = account.people(2)
        assert (
            account.call("message/mass/sendall", filter={"is_to_all": True}, **mass_text()).json()["errcode"] == 89505
        )
        (job,) = account.control("GET", "/jobs")["jobs"]
        account.control("POST", f"/jobs/{job['msg_id']}", confirm=True)
        account.settle()
        (job,) = account.control("GET", "/jobs")["jobs"]
        assert (job["state"], job["sent"], job["event"]) == ("success", 2, "posted")
        assert [message["road"] for message in account.phone(openids[0])] == ["mass"]
