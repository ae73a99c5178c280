"""Static files with their digest in the name, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFiles(ManifestStaticFilesStorage):
    """Also rewrites the imports of ES modules; they have to be relative and end with a semicolon."""

    support_js_module_import_aggregation = True
