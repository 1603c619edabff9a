# syntax=docker/dockerfile:1
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE hatch_build.py ./
RUN python -m venv /opt/salesdesk \
    && /opt/salesdesk/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY pipelines pipelines
COPY sql sql
COPY expectations expectations
COPY reports reports
COPY notebooks notebooks
# byte-compiled (its status is of no use, some templates never compile): else the first import of great_expectations takes 15 s instead of 3
RUN /opt/salesdesk/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && { /opt/salesdesk/bin/python -m compileall -q -q -j 0 /opt/salesdesk/lib || true; }

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home salesdesk && install -d -o salesdesk -m 700 /srv/salesdesk/var /srv/salesdesk/drop
COPY --from=build /opt/salesdesk /opt/salesdesk
ENV PATH=/opt/salesdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SALESDESK_HOME=/srv/salesdesk/var
WORKDIR /srv/salesdesk
# by number, so that a host can see that it is not root
USER 10001
VOLUME /srv/salesdesk/var
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5m --timeout=60s CMD ["salesdesk", "doctor", "--quick"]
ENTRYPOINT ["salesdesk"]
CMD ["watch", "/srv/salesdesk/drop"]
