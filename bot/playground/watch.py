"""Watches the platforms and the ledger for the page."""

import threading

import requests

from bot.playground.accounts import Account
from bot.playground.hub import Hub
from bot.playground.stage import Stage

EVERY_SECONDS = 0.5  # the ledger is asked this often


def watch(stage: Stage, hub: Hub) -> None:
    """Begin to tell `hub` what happens, in threads that end with the process."""
    for account in stage.accounts.values():
        threading.Thread(target=_phones, args=(account, hub), name=f"phones of {account.channel}", daemon=True).start()
    threading.Thread(target=_numbers, args=(stage, hub), name="numbers", daemon=True).start()


def _phones(account: Account, hub: Hub) -> None:
    """Pass on each message as it reaches a phone."""
    for message in account.feed():
        hub.tell("message", message)


def _numbers(stage: Stage, hub: Hub) -> None:
    """Tell the numbers whenever they changed."""
    known: object = None
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            numbers = stage.numbers()
        except requests.ConnectionError:
            return  # a simulator has been stopped, and the page soon will be
        if numbers != known:
            known = numbers
            hub.tell("numbers", numbers, keep=True)
