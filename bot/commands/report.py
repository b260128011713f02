"""Command that says what came of a broadcast: the numbers, and why who did not get it."""

from bot.commands.card import moves, numbers
from bot.commands.command import Command, answered
from bot.commands.mass import is_mass, say_limits_of_knowledge
from bot.commands.parts import say_parts
from bot.commands.reasons import say_reason
from bot.commands.stand import say_status
from bot.commands.which import which
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Picture, Say, Turn
from bot.texts import N_
from broadcast import figures, once_more
from broadcast.draft import Draft
from broadcast.figures import Figures
from broadcast.report import Missed, Report, report
from broadcast.report_picture import figures_of, image_of
from handlers.content import Choice
from storage.lifecycle import REACHED, BroadcastStatus, RecipientState

_S = BroadcastStatus
_TITLES = {
    RecipientState.FAILED: N_("{n} failed: {reason}"),
    RecipientState.SKIPPED: N_("{n} skipped: {reason}"),
    RecipientState.UNKNOWN: N_("{n} in doubt: {reason}"),
}

_BARS = {
    figures.AUDIENCE: N_("everyone it was for"),
    figures.SENT: N_("sent"),
    figures.DELIVERED: N_("delivered"),
    figures.READ: N_("read"),
    figures.TAPPED: N_("tapped something"),
}


def _report(turn: Turn, memory: Memory, rest: str) -> Did:
    found = which(turn, memory, rest, "report", _S.SENDING, _S.PAUSED, _S.SENT, _S.CANCELLED)
    if isinstance(found, Say):
        return answered(memory, found)
    told = report(found)
    lines = [*say_report(turn, found, told), *say_parts(turn, found)]
    ways = tuple(way for way in moves(turn, found) if way.value != f"/broadcast report {found.id}")
    if found.status in {_S.SENT, _S.CANCELLED} and (n := once_more.doubtful(turn.desk, found)):
        lines.append(
            turn.say(
                "People in doubt can be left as they are, or be sent it again; some of them may then get it twice."
            )
        )
        ways = (Choice(title=turn.say("Send again to {n}", n=n), value=f"/broadcast resend {found.id}"), *ways)
    if not (turn.desk.pictures and told.sums.of(*REACHED)):
        return answered(memory, Say("\n".join(lines), ways))
    lines.append(say_letters(turn, figures_of(found, told, receipts=turn.desk.platform.capabilities.receipts)))
    return answered(memory, Say("\n".join(lines), ways), Picture(image_of(found)))


def say_letters(turn: Turn, shown: Figures) -> str:
    """Say what each letter of the picture stands for."""
    named = [(bar.letter, turn.say(_BARS[bar.what])) for bar in shown.funnel]
    named.append((shown.timeline.letter, turn.say("sent over time")))
    named += [(bar.letter, turn.say("“{title}”", title=bar.what)) for bar in shown.buttons]
    return turn.say("In the picture: {letters}.", letters=" · ".join(f"{letter} {name}" for letter, name in named))


def say_report(turn: Turn, draft: Draft, told: Report) -> list[str]:
    """Return a report, one line after the other."""
    lines = [f"{draft.name} (#{draft.id}): {say_status(turn, draft)}", *numbers(turn, draft)]
    sent = told.sums.of(*REACHED)
    if is_mass(turn, draft):
        lines.append(say_limits_of_knowledge(turn))
    elif sent and not turn.desk.platform.capabilities.receipts:
        lines.append(
            turn.say("{platform} does not tell who got or read it: “sent” is that it took it.", platform=turn.platform)
        )
    elif sent:
        read = told.sums.of(RecipientState.READ)
        lines.append(
            turn.say(
                "Delivered to {delivered} ({delivered_share}), read by {read} ({read_share}).",
                delivered=told.delivered,
                delivered_share=turn.share(told.delivered, sent),
                read=read,
                read_share=turn.share(read, sent),
            )
        )
    if told.by_template:
        lines.append(turn.say("{n} of them by template: their window was closed.", n=told.by_template))
    for one in told.tapped if sent else ():
        share = turn.share(one.people, sent)
        lines.append(turn.say("“{title}” tapped by {n} ({share}).", title=one.title, n=one.people, share=share))
    lines += [
        turn.say("Flow {flow}: {n} entered, {done} completed.", flow=one.flow, n=one.entered, done=one.completed)
        for one in told.entered
    ]
    if told.opted_out:
        lines.append(
            turn.plural(
                "{n} person opted out within 24 hours of it.",
                "{n} people opted out within 24 hours of it.",
                told.opted_out,
            )
        )
    if told.quiet:
        lines.append(
            turn.plural(
                "{n} person gets it when their quiet hours end.",
                "{n} people get it when their quiet hours end.",
                told.quiet,
            )
        )
    return [*lines, *(_say_missed(turn, one) for one in told.missed)]


def _say_missed(turn: Turn, missed: Missed) -> str:
    line = turn.say(_TITLES[missed.state], n=missed.people, reason=say_reason(turn, missed.reason, missed.code))
    if not missed.examples:
        return line
    return line + " " + turn.say("For example: {names}", names=", ".join(missed.examples))


COMMANDS = (Command("/broadcast report", N_("What came of a broadcast."), "/broadcast report 12", "writer", _report),)
