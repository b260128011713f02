"""Watches the platform and the ledger for the page."""

import threading

import requests

from bot.playground.hub import Hub
from bot.playground.simulator import Simulator
from bot.playground.stage import Stage

EVERY_SECONDS = 0.5  # the ledger is asked this often


def watch(stage: Stage, hub: Hub) -> None:
    """Begin to tell `hub` what happens, in threads that end with the process."""
    for task in (_phones, _numbers):
        threading.Thread(target=task, args=(stage, hub), name=task.__name__, daemon=True).start()


def _phones(stage: Stage, hub: Hub) -> None:
    """Pass on each message as it reaches a phone."""
    for event, body in Simulator(stage.installation.simulator_url).feed():
        if event == "message":
            hub.tell(event, body)


def _numbers(stage: Stage, hub: Hub) -> None:
    """Tell the numbers whenever they changed."""
    known: object = None
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            numbers = stage.numbers()
        except requests.ConnectionError:
            return  # the simulator has been stopped, and the page soon will be
        if numbers != known:
            known = numbers
            hub.tell("numbers", numbers, keep=True)
