"""A room is a group of the in-memory layer, and a message goes to everybody in it.

No database, no log, no seat, no resume: it parses a frame once and writes one, as any room must.
"""

import json
from typing import Any

from django.conf import settings

settings.configure(
    SECRET_KEY="for-the-bench-alone",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    ROOT_URLCONF="bench.floor.urls",
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import path  # noqa: E402

django_application = get_asgi_application()


class Chat(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.group = "room." + self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        said = json.loads(text_data or "{}")
        text = json.dumps({"type": "said", "text": said["text"]})
        await self.channel_layer.group_send(self.group, {"type": "chat.said", "text": text})

    async def chat_said(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["text"])


application = ProtocolTypeRouter(
    {"http": django_application, "websocket": URLRouter([path("ws/<str:room>/", Chat.as_asgi())])}
)
