"""The playground's page is for whoever sits at this machine."""

from bot.playground.serving import listen


def test_the_page_listens_on_this_machine_only():
    with listen(0) as door:
        assert door.getsockname()[0] == "127.0.0.1"
