"""Where Daphne comes in: pages go to Django, `/ws/` to the rooms."""

import gc
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casesim.settings")
django_application = get_asgi_application()

# Only now are the apps loaded, and consumers import models.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

import casesim.urls  # noqa: E402, F401  (or the first request would load all pages)
from rooms.live.process import stop_running  # noqa: E402
from rooms.transport.routing import websocket_urlpatterns  # noqa: E402


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """For servers that speak it (uvicorn): at the end, finish what waits, then close the sockets."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stop_running()
    await send({"type": "lifespan.shutdown.complete"})


# The consumer asks about Origin and seat itself: it knows bearer tokens, which no middleware does.
application = ProtocolTypeRouter(
    {"http": django_application, "websocket": URLRouter(websocket_urlpatterns), "lifespan": lifespan}
)

# What is loaded by now stays for good. Looking through it again in every full collection would stop all
# rooms for a tenth of a second.
gc.collect()
gc.freeze()
