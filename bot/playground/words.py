"""What the demo suggests to type, in order: the shortest way to a broadcast, by platform."""

from collections.abc import Mapping

TYPED_PATH: Mapping[str, tuple[str, ...]] = {
    "messenger": ("/broadcast new Spring sale", "now", "everyone", "Hello {first_name|there}!", "done", "send"),
    # A mass message is the same for everybody, so nobody is called by name.
    "wechat": ("/broadcast new Spring tea", "now", "everyone", "The first tea of spring is here.", "done", "send"),
}
