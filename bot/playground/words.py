"""What the demo suggests to type, in order: the shortest way to a broadcast."""

TYPED_PATH = (
    "/broadcast new Spring sale",
    "now",
    "everyone",
    "Hello {first_name|there}!",
    "done",
    "send",
)
