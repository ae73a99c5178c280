from django.urls import path

from scoring.transport.consumers import calibration_consumer

websocket_urlpatterns = [path("ws/workspaces/<slug:workspace>/calibration/", calibration_consumer)]
