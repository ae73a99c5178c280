"""Static files: named by their digest, so that browsers may keep them for ever, and served by us."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class HashedStaticFiles(ManifestStaticFilesStorage):
    """Also rewrites the imports of ES modules; they have to be relative and end with a semicolon."""

    support_js_module_import_aggregation = True


class WholeStaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, answering with the whole file: ours are small, and ASGI cannot stream from a plain one."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, or that the browser's copy still holds."""
        found = static_file.get_response(request.method, request.META)
        response = HttpResponse(status=int(found.status))
        if found.file:
            with found.file as file:
                response.content = file.read()
        del response["content-type"]
        for name, value in found.headers:
            response[name] = value
        return response
