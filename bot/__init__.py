"""The seam a host plugs into. Imports stand inside the functions, so that importing one room loads no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint, Flask

    from bot.wiring import Runtime


def create_app(config: str | None = None) -> Flask:
    """Make the web application from the settings at `config`, else `CLARION_CONFIG`, else `config.toml`."""
    from flask import Flask  # noqa: PLC0415

    from bot.wiring import build, config_path  # noqa: PLC0415

    app = Flask("bot")
    app.register_blueprint(create_blueprint(build(config_path(config))))
    return app


def create_blueprint(runtime: Runtime) -> Blueprint:
    """Return the routes for a host's own Flask application."""
    from bot.webhook import create_blueprint as create  # noqa: PLC0415

    return create(runtime)
