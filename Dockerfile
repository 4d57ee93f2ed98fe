# One authority's index: `serve` by default, or any other command of index-service.
# Nothing of demo/, tests/, bench/ or proofs/ comes near it: what is absent can't be switched on.

FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY consent ./consent
COPY index_service ./index_service
COPY index_verify ./index_verify
RUN python -m venv /opt/index \
    && /opt/index/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && /opt/index/bin/pip install --no-cache-dir --constraint constraints.txt /wheels/*.whl \
    && /opt/index/bin/pip uninstall --yes pip

FROM python:3.12-slim-bookworm
RUN groupadd --system --gid 10001 index \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin index
COPY --from=build /opt/index /opt/index
WORKDIR /srv/index
COPY alembic.ini ./
COPY migrations ./migrations
# The API listens to the network; the probes stay inside unless INDEX_OPS_HOST says otherwise.
ENV PATH=/opt/index/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INDEX_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; ops = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('INDEX_OPS_PORT', '8081')), timeout=3); ops.request('GET', '/healthz'); sys.exit(ops.getresponse().status != 200)"]
ENTRYPOINT ["index-service"]
CMD ["serve"]
