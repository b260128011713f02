"""The tables. Nothing here decides anything: queries and moves live in the modules named after their noun.

Keys, indexes and constraints are made by the numbered steps in `storage/migrations/`, which are the schema;
a test holds the columns here and there equal. Long because it is a list: one table after the other.
"""

import peewee as pw

from storage.database import proxy
from storage.fields import MomentField
from storage.lifecycle import BroadcastStatus, Consent, OutboxState, RecipientState


class Table(pw.Model):
    """What all tables share: the database, and plain names."""

    class Meta:
        database = proxy
        legacy_table_names = False


class Channel(Table):
    """A Page or an Official Account, known by the name it has in the settings."""

    id = pw.AutoField()
    name = pw.TextField()
    platform = pw.TextField()
    # While this lies in the future nothing but replies leaves; NULL with a reason means until somebody resumes.
    paused_until = MomentField(null=True)
    pause_reason = pw.TextField(default="")
    paused_at = MomentField(null=True)
    # How far the list of followers was read, where the platform has one, and how often that was begun.
    sync_run = pw.IntegerField(default=0)
    sync_started_at = MomentField(null=True)
    sync_after = pw.TextField(default="")
    synced_at = MomentField(null=True)

    class Meta:
        table_name = "channels"


class Subscriber(Table):
    """Somebody who has written to, or follows, a channel. A missing text is '', a missing moment NULL.

    Whoever was erased belongs to no channel (NULL): no audience, count or list has them, and the sums they were part
    of stay.
    """

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel, null=True)
    platform_user_id = pw.TextField()
    first_name = pw.TextField(default="")
    last_name = pw.TextField(default="")
    language = pw.TextField(default="")
    locale = pw.TextField(default="")
    timezone = pw.TextField(default="")
    gender = pw.TextField(default="")
    city = pw.TextField(default="")
    province = pw.TextField(default="")
    country = pw.TextField(default="")
    source = pw.TextField(default="")
    first_seen_at = MomentField()
    last_seen_at = MomentField(null=True)
    followed_at = MomentField(null=True)
    window_expires_at = MomentField(null=True)
    # The platform's watermarks: all we sent up to then has arrived, has been seen.
    delivered_until = MomentField(default=0)
    read_until = MomentField(default=0)
    consent = pw.TextField(default=Consent.SUBSCRIBED.value)
    consent_at = MomentField(null=True)
    wished_at = MomentField(null=True)  # when they last said STOP or START; an older wish that comes late is none
    # Broadcasts in a row that could not reach them; at `subscribers.UNREACHABLE_AFTER` they are left out.
    strikes = pw.IntegerField(default=0)
    # Set for good by an unfollow or a platform's "no such person"; cleared only when they write again.
    unreachable = pw.BooleanField(default=False)
    gone_at = MomentField(null=True)  # when they unfollowed: what they did before that does not bring them back
    profile_read_at = MomentField(null=True)
    listed_at = MomentField(null=True)  # when the platform's list of followers last had them
    # The channel's `sync_run` when the list last had them, and when they last did something or left.
    listed_run = pw.IntegerField(default=0)
    heard_run = pw.IntegerField(default=0)
    variables = pw.JSONField(default=dict)
    tags = pw.JSONField(default=list)

    class Meta:
        table_name = "subscribers"


class Suppressed(Table):
    """Somebody who was erased after they had opted out, as a keyed hash that says nothing about who it is."""

    channel = pw.ForeignKeyField(Channel)
    digest = pw.TextField()

    class Meta:
        table_name = "suppressed"
        primary_key = pw.CompositeKey("channel", "digest")


class Admin(Table):
    """Somebody who may run broadcasts from a channel's chat."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    channel_id: int
    platform_user_id = pw.TextField()
    role = pw.TextField()
    language = pw.TextField(default="")
    timezone = pw.TextField(default="")
    added_at = MomentField()
    person = pw.TextField(default="")  # the same on every channel whose admin is this one; '' when there is no other

    class Meta:
        table_name = "admins"


class LinkCode(Table):
    """A one-time code that joins two admins of different channels as one person; only its hash is kept."""

    id = pw.AutoField()
    admin = pw.ForeignKeyField(Admin)
    code_hash = pw.TextField()
    expires_at = MomentField()
    used_at = MomentField(null=True)

    class Meta:
        table_name = "link_codes"


class Invite(Table):
    """A one-time code that makes its sender an admin; only its hash is kept."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    code_hash = pw.TextField()
    role = pw.TextField()
    expires_at = MomentField()
    used_at = MomentField(null=True)

    class Meta:
        table_name = "invites"


class ClaimAttempt(Table):
    """One try at claiming an invite; counted to slow down guessing."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    platform_user_id = pw.TextField()
    at = MomentField()

    class Meta:
        table_name = "claim_attempts"


class Conversation(Table):
    """Where one admin's conversation on one channel stands. Never expires."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    platform_user_id = pw.TextField()
    state = pw.TextField()
    data = pw.JSONField(default=dict)
    version = pw.IntegerField(default=0)
    updated_at = MomentField()

    class Meta:
        table_name = "conversations"


class Broadcast(Table):
    """A broadcast, from draft to report. `version` grows with every edit, so that two editors cannot collide."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    channel_id: int
    name = pw.TextField()
    status = pw.TextField(default=BroadcastStatus.DRAFT.value)
    version = pw.IntegerField(default=0)
    content = pw.JSONField(default=dict)
    audience = pw.TextField(default="")  # filter text; '' is everyone
    road = pw.TextField(default="")  # 'mass' or 'single' where a platform has both; '' where it has one
    scheduled_for = MomentField(null=True)
    # The wall clock (2026-12-24T18:00) at which each person gets it where they live; '': everybody at one moment.
    local_time = pw.TextField(default="")
    time_zone = pw.TextField(default="")
    late_seconds = pw.IntegerField(default=3600)  # send if late by at most this much
    undo_until = MomentField(null=True)
    planned_at = MomentField(null=True)
    started_at = MomentField(null=True)
    finished_at = MomentField(null=True)
    pause_reason = pw.TextField(default="")
    created_by = pw.TextField()  # the admin's platform user id, or the name of a program
    created_at = MomentField()
    updated_at = MomentField()
    cloned_from = pw.IntegerField(null=True)
    practice = pw.BooleanField(default=False)  # only looks like one: it can never be sent
    group_id = pw.IntegerField(null=True)  # the first of those that say the same on several channels, itself included
    # So many people get it before anybody else. Then it waits to be told to go on, or goes on if all is well; the
    # moment says when that was decided: until then nobody else is written to.
    canary = pw.IntegerField(null=True)
    canary_goes_on = pw.BooleanField(default=False)
    canary_done_at = MomentField(null=True)

    class Meta:
        table_name = "broadcasts"


class Recipient(Table):
    """The ledger: one row for one subscriber in one broadcast, and the only truth about it.

    The key is the pair itself, so that planning twice cannot make two rows. `step` counts the messages of the
    broadcast already accepted for this person; `fills` holds the values of the personalisation, frozen
    when the broadcast started; `message_ids` are the platform's, in order, separated by spaces.
    """

    broadcast = pw.ForeignKeyField(Broadcast)
    subscriber = pw.ForeignKeyField(Subscriber)
    state = pw.TextField(default=RecipientState.PENDING.value)
    reason = pw.TextField(default="")
    code = pw.TextField(default="")
    job = pw.IntegerField(null=True)  # the mass job they are in, where there is one
    step = pw.IntegerField(default=0)
    attempts = pw.IntegerField(default=0)
    not_before = MomentField(default=0)
    canary = pw.BooleanField(default=False)  # among the first, see `Broadcast.canary`
    worker = pw.TextField(null=True)
    by_template = pw.BooleanField(default=False)  # the call that was made last carries the template, not a message
    fills = pw.TextField(default="")
    message_ids = pw.TextField(default="")
    sent_at = MomentField(null=True)
    updated_at = MomentField(default=0)

    class Meta:
        table_name = "recipients"
        primary_key = pw.CompositeKey("broadcast", "subscriber")


class Variable(Table):
    """A value of our own that subscribers of a channel may have, and what kind of value it is."""

    channel = pw.ForeignKeyField(Channel)
    name = pw.TextField()
    kind = pw.TextField()
    label = pw.TextField(default="")

    class Meta:
        table_name = "variables"
        primary_key = pw.CompositeKey("channel", "name")


class FlowRun(Table):
    """One subscriber's way through one flow."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    channel_id: int
    subscriber = pw.ForeignKeyField(Subscriber)
    flow = pw.TextField()
    status = pw.TextField()
    data = pw.JSONField(default=dict)
    version = pw.IntegerField(default=0)
    broadcast_id = pw.IntegerField(null=True)
    started_at = MomentField()
    waiting_until = MomentField(null=True)
    ended_at = MomentField(null=True)

    class Meta:
        table_name = "flow_runs"


class Click(Table):
    """The first time a subscriber tapped one button of one broadcast."""

    broadcast = pw.ForeignKeyField(Broadcast)
    subscriber = pw.ForeignKeyField(Subscriber)
    button = pw.TextField()
    at = MomentField()

    class Meta:
        table_name = "clicks"
        primary_key = pw.CompositeKey("broadcast", "subscriber", "button")


class OutboxMessage(Table):
    """A reply to one person, committed together with what it speaks of, sent afterwards."""

    id = pw.AutoField()
    channel = pw.ForeignKeyField(Channel)
    platform_user_id = pw.TextField()
    payload = pw.JSONField()  # a handlers.content.Outgoing
    state = pw.TextField(default=OutboxState.PENDING.value)
    attempts = pw.IntegerField(default=0)
    not_before = MomentField(default=0)
    worker = pw.TextField(null=True)
    message_id = pw.TextField(default="")
    reason = pw.TextField(default="")
    # The event whose webhook response carried this reply; '' for replies that are sent by a call.
    event_key = pw.TextField(default="")
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        table_name = "outbox"


class InboxKey(Table):
    """An event we have seen; the unique key is what makes handling it once only."""

    channel = pw.ForeignKeyField(Channel)
    key = pw.TextField()
    received_at = MomentField()

    class Meta:
        table_name = "inbox"
        primary_key = pw.CompositeKey("channel", "key")


class UploadedMedia(Table):
    """A picture that is on the platform already, and the handle it has there."""

    channel = pw.ForeignKeyField(Channel)
    url = pw.TextField()
    platform_ref = pw.TextField()
    uploaded_at = MomentField()

    class Meta:
        table_name = "uploaded_media"
        primary_key = pw.CompositeKey("channel", "url")


class SavedAudience(Table):
    """A filter with a name, for use in later broadcasts; `key` is the name as names are compared."""

    channel = pw.ForeignKeyField(Channel)
    key = pw.TextField()
    name = pw.TextField()
    audience = pw.TextField()  # filter text
    saved_by = pw.TextField()
    saved_at = MomentField()

    class Meta:
        table_name = "saved_audiences"
        primary_key = pw.CompositeKey("channel", "key")


class CountAsked(Table):
    """An audience that takes too long to count while an admin waits; a worker answers."""

    channel = pw.ForeignKeyField(Channel)
    channel_id: int
    platform_user_id = pw.TextField()
    audience = pw.TextField()  # filter text
    asked_at = MomentField()

    class Meta:
        table_name = "counts_asked"
        primary_key = pw.CompositeKey("channel", "platform_user_id")


class TemplateList(Table):
    """The templates a channel's platform keeps for it, as they were last read, and what was wrong if they were not.

    `wanted_at` is when somebody last needed to know; `problem` is a sentence, '' where reading went well.
    """

    channel = pw.ForeignKeyField(Channel, primary_key=True)
    templates = pw.JSONField(default=list)
    problem = pw.TextField(default="")
    read_at = MomentField(null=True)
    tried_at = MomentField(null=True)
    wanted_at = MomentField()

    class Meta:
        table_name = "template_lists"


class QuotaLimit(Table):
    """A channel's own limits as its settings have them, 0 for none; days and months begin as in `time_zone`."""

    channel = pw.ForeignKeyField(Channel, primary_key=True)
    time_zone = pw.TextField()
    broadcasts_per_day = pw.IntegerField()
    messages_per_month = pw.BigIntegerField()
    messages_per_person_per_day = pw.IntegerField()

    class Meta:
        table_name = "quota_limits"


class QuotaHold(Table):
    """What one broadcast takes of its channel's limits: reserved while it is to come, the real number afterwards.

    `day` is the calendar day it counts for, as the number YYYYMMDD.
    """

    broadcast = pw.ForeignKeyField(Broadcast, primary_key=True)
    channel = pw.ForeignKeyField(Channel)
    day = pw.IntegerField()
    messages = pw.BigIntegerField()

    class Meta:
        table_name = "quota_holds"


class Worker(Table):
    """A running worker process and its last sign of life; what it holds is taken over when that is old."""

    id = pw.TextField(primary_key=True)
    started_at = MomentField()
    beat_at = MomentField()

    class Meta:
        table_name = "workers"


class Approval(Table):
    """A request that a second person allow a send, of one version of a draft and for so many people at most."""

    id = pw.AutoField()
    broadcast = pw.ForeignKeyField(Broadcast)
    broadcast_id: int
    version = pw.IntegerField()
    people = pw.IntegerField()
    asked_by = pw.TextField()
    asked_at = MomentField()
    expires_at = MomentField()
    decision = pw.TextField(default="")  # '' while nobody has decided
    decided_by = pw.TextField(default="")
    decided_at = MomentField(null=True)

    class Meta:
        table_name = "approvals"


class AuditEntry(Table):
    """Who did what, appended, never edited."""

    id = pw.AutoField()
    at = MomentField()
    channel = pw.ForeignKeyField(Channel)
    actor = pw.TextField()
    action = pw.TextField()
    subject = pw.TextField(default="")
    detail = pw.TextField(default="")

    class Meta:
        table_name = "audit"
