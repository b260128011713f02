"""A bot of its own with Clarion inside: it answers what Clarion does not want, and tells Clarion what it learns.

CLARION_CONFIG=config.toml gunicorn "examples.host_bot.app:create_app()"      beside: python -m bot worker
"""

from flask import Flask

from bot.plugin import Plugin, Said


def create_app(config: str | None = None) -> Flask:
    """Make the host's application with Clarion's routes on it."""
    app = Flask("host")
    clarion = Plugin.from_config(config)
    app.register_blueprint(clarion.blueprint)

    @clarion.unclaimed
    def answer(said: Said) -> str | None:
        """Sell tea: the whole of this bot."""
        word = said.text.strip().casefold()
        subscriber = clarion.subscriber(said.channel, said.person)
        if word == "tea":
            clarion.flows(said.channel).start(said.person, "tea_order")
            return "Green or black?"
        if word in {"green", "black"}:
            subscriber.set(tea=word)
            subscriber.tag("customer")
            clarion.flows(said.channel).complete(said.person, "tea_order")
            return f"{word.capitalize()} tea it is."
        return None

    @app.get("/")
    def home() -> str:
        return "The tea shop."

    return app
