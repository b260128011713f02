"""Where a conversation can stand."""

from enum import StrEnum


class State(StrEnum):
    """Stored by name; IDLE is the state of somebody who is not building anything."""

    IDLE = ""
    NAME = "name"
    WHEN = "when"
    WHO = "who"
    FIELD = "field"  # of the condition being picked
    WAY = "way"  # how it is compared
    VALUE = "value"  # with what
    PICKED = "picked"  # use it, or more conditions
    LEAVE_OUT = "leave out"  # who got one in the last how many days
    MESSAGES = "messages"
    FALLBACK = "fallback"  # what is read by those who have no such value
    PART = "part"  # one field of a card or an article
    TEMPLATE = "template"  # what stands in one place of a template
    BUTTON = "button"  # its words, then what it does
    REVIEW = "review"
    CONFIRM = "confirm"  # the number of people has to be typed
    EDIT = "edit"  # which part
    LEAVE = "leave"  # save, discard or go on
