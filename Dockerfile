# The service in a container: no root, no compiler, nothing written but the database's folder and /tmp.
#
#   docker build -t sarcoma-cds .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -p 8000:8000 \
#     -v ./settings.toml:/etc/sarcoma-cds/settings.toml:ro -v sarcoma-cds:/data sarcoma-cds
#
# Pin the base by digest for builds that can be repeated: --build-arg PYTHON_IMAGE=python@sha256:...
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/sarcoma-cds
WORKDIR /src
# The packages first: they change less often than the code. Every one of them is locked by hash.
COPY requirements.lock ./
RUN /opt/sarcoma-cds/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY authoring ./authoring
COPY cds_hooks ./cds_hooks
COPY cql ./cql
COPY mappers ./mappers
COPY plandefinitions ./plandefinitions
RUN /opt/sarcoma-cds/bin/pip install --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 sarcoma-cds \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sarcoma-cds \
    && install -d -o 10001 -g 10001 -m 0700 /data /opt/sarcoma-cds-cache
COPY --from=build /opt/sarcoma-cds /opt/sarcoma-cds
ENV PATH=/opt/sarcoma-cds/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SARCOMA_CDS_CACHE=/opt/sarcoma-cds-cache
USER 10001:10001
# Compiles the guidance and tries its cases, so that a container starts in a second or two and the build fails if they do.
RUN python -c "from plandefinitions.guideline.proof import load_proven; assert not load_proven().faults"
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["sarcoma-cds"]
CMD ["serve", "--settings", "/etc/sarcoma-cds/settings.toml", "--host", "0.0.0.0", "--port", "8000"]
