"""Which pictures we may fetch, or know to be WeChat's own. Nothing is fetched here."""

from handlers.address import PORTS, origin

# Where WeChat keeps the pictures people send (`PicUrl`), those of articles (`mmbiz`) and of profiles.
PICTURE_HOSTS = (".qpic.cn", ".qlogo.cn")


def may_fetch(address: str, api_base: str) -> bool:
    """Tell whether a picture may be fetched from `address`: WeChat's own picture hosts, or `api_base` itself.

    An address comes out of a chat. Fetched from inside the network, it must not lead anywhere else.
    """
    found = origin(address)
    if found is None:
        return False
    if found == origin(api_base):
        return True
    scheme, host, port = found
    return port == PORTS[scheme] and host.endswith(PICTURE_HOSTS)
