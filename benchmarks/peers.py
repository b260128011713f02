"""What people do otherwise, to be measured beside ours."""

from pymessenger.bot import Bot

from tests.support.stack import SECRET, TOKEN


def plain(url: str, person: str, text: str) -> None:
    """Send one message the way the library's own examples do."""
    bot = Bot(TOKEN, api_version="26.0", app_secret=SECRET)
    bot.graph_url = f"{url}/v26.0"
    bot.send_text_message(person, text)
