"""Takes runs on whose waiting time is over; called every second by each worker."""

from bot.wiring import Runtime
from storage import flow_runs, outbox
from storage.database import transaction


def go_on(runtime: Runtime) -> None:
    """Take every run on that is due, each in a transaction with what is said."""
    now = runtime.now()
    runners = {channel.id: runtime.flow_runner(channel) for channel in runtime.channels.values()}
    for row in flow_runs.due(now):
        runner = runners.get(row.channel_id)
        if runner is None:
            continue
        with transaction():
            for outgoing in runner.go_on(row, now):
                outbox.add(row.channel_id, outgoing.to, outgoing.model_dump(mode="json"), now)
