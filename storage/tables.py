"""Every table there is, for whatever looks at all of them."""

from storage.mass_models import MassJob, MassReport
from storage.models import (
    Admin,
    Approval,
    AuditEntry,
    Broadcast,
    Channel,
    ClaimAttempt,
    Click,
    Conversation,
    CountAsked,
    FlowRun,
    InboxKey,
    Invite,
    LinkCode,
    OutboxMessage,
    QuotaHold,
    QuotaLimit,
    Recipient,
    SavedAudience,
    Subscriber,
    Suppressed,
    Table,
    TemplateList,
    UploadedMedia,
    Variable,
    Worker,
)  # fmt: skip

TABLES: tuple[type[Table], ...] = (
    Channel, Subscriber, Suppressed, Admin, Invite, ClaimAttempt, LinkCode, Conversation, Broadcast, Recipient, MassJob,
    MassReport, Variable, FlowRun, Click, OutboxMessage, InboxKey, UploadedMedia, SavedAudience, CountAsked,
    TemplateList, QuotaLimit, QuotaHold, Worker, Approval, AuditEntry,
)  # fmt: skip
