"""Speaking to a simulator's control API."""

from concurrent.futures import ThreadPoolExecutor, wait

from bot.playground.simulator import Simulator


def test_the_feed_tells_each_message_as_it_reaches_a_phone(simulator: Simulator, psids: list[str]) -> None:
    speaker = Simulator(simulator.url)
    with ThreadPoolExecutor() as pool:
        heard = pool.submit(lambda: next(event for event in simulator.feed() if event[0] == "message"))
        while not heard.done():  # the feed tells what happens once it is listened to
            speaker.post("say", {"psid": psids[0], "text": "hi"})
            wait([heard], timeout=0.05)
    name, body = heard.result()
    assert (name, body["psid"], body["from"], body["message"]) == ("message", psids[0], "person", {"text": "hi"})


def test_the_feed_ends_with_the_simulator() -> None:
    assert list(Simulator("http://127.0.0.1:1").feed()) == []
