"""The tables of WeChat's mass messages; those that everything has are in `storage.models`."""

import peewee as pw

from storage.fields import MomentField
from storage.lifecycle import MassJobState
from storage.models import Broadcast, Channel, Table


class MassJob(Table):
    """One mass message of a broadcast: one call, many recipients. `key` makes repeating the call safe.

    The four counts are the platform's own, per job and approximate; it tells nothing about single people.
    """

    broadcast = pw.ForeignKeyField(Broadcast)
    broadcast_id: int
    number = pw.IntegerField()
    kind = pw.TextField()
    state = pw.TextField(default=MassJobState.PLANNED.value)
    key = pw.TextField()
    tag = pw.IntegerField(null=True)
    tagged = pw.IntegerField(default=0)  # the subscriber id up to which people have the tag
    draft = pw.TextField(default="")
    people = pw.IntegerField()
    attempts = pw.IntegerField(default=0)  # in a row that were refused for now, or got no clear answer
    worker = pw.TextField(null=True)
    not_before = MomentField(default=0)
    first_call_at = MomentField(null=True)
    called_at = MomentField(null=True)
    job_id = pw.TextField(default="")
    status = pw.TextField(default="")
    reason = pw.TextField(default="")
    total = pw.IntegerField(null=True)
    filtered = pw.IntegerField(null=True)
    sent = pw.IntegerField(null=True)
    errors = pw.IntegerField(null=True)
    updated_at = MomentField()

    class Meta:
        table_name = "mass_jobs"
        primary_key = pw.CompositeKey("broadcast", "number")


class MassReport(Table):
    """What the platform told of a mass job before we heard the job's id: its answer was lost, or is still coming."""

    channel = pw.ForeignKeyField(Channel)
    job_id = pw.TextField()
    status = pw.TextField()
    total = pw.IntegerField()
    filtered = pw.IntegerField()
    sent = pw.IntegerField()
    errors = pw.IntegerField()
    told_at = MomentField()

    class Meta:
        table_name = "mass_reports"
        primary_key = pw.CompositeKey("channel", "job_id")
