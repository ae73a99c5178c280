from django.urls import path

from rooms.transport.consumers import room_consumer

websocket_urlpatterns = [path("ws/rooms/<str:room>/", room_consumer)]
