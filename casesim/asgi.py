"""Where Daphne comes in: pages go to Django, `/ws/` to the rooms and to who waits for a calibration."""

import gc
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casesim.settings")
django_application = get_asgi_application()

# Only now are the apps loaded, and consumers import models.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

import casesim.urls  # noqa: E402, F401  (or the first request would load all pages)
import rooms.transport.routing  # noqa: E402
import scoring.transport.routing  # noqa: E402
from rooms.live.process import stop_running  # noqa: E402


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """For servers that speak it (uvicorn): at the end, finish what waits, then close the sockets."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stop_running()
    await send({"type": "lifespan.shutdown.complete"})


# The consumers ask about Origin and seat themselves: they know bearer tokens, which no middleware does.
sockets = URLRouter(
    [*rooms.transport.routing.websocket_urlpatterns, *scoring.transport.routing.websocket_urlpatterns]
)
application = ProtocolTypeRouter({"http": django_application, "websocket": sockets, "lifespan": lifespan})

# What is loaded by now stays for good. Looking through it again in every full collection would stop all
# rooms for a tenth of a second.
gc.collect()
gc.freeze()
