# Everything pinned, with hashes, into one directory; nothing is compiled.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps --only-binary :all: -r /tmp/requirements.txt \
    && /opt/venv/bin/pip check

FROM python:3.11-slim
# Data, gathered static files and beat's schedule go to CASESIM_VAR, a volume; the rest may be read-only.
RUN groupadd --gid 10001 casesim \
    && useradd --uid 10001 --gid casesim --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin casesim \
    && install -d -o casesim -g casesim -m 0750 /var/lib/casesim
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=casesim.settings \
    CASESIM_VAR=/var/lib/casesim
WORKDIR /app
COPY manage.py ./
COPY casesim ./casesim
COPY scenarios ./scenarios
COPY rooms ./rooms
COPY scoring ./scoring
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["python", "-m", "casesim.web", "-b", "0.0.0.0", "-p", "8000", "-v", "0", "--no-server-name", "casesim.asgi:application"]
