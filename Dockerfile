# Builds in one stage, runs in another: no compiler in the image that serves.
FROM python:3.11-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends default-libmysqlclient-dev gcc pkg-config \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
COPY requirements/ requirements/
# PyTorch's default wheels for Linux carry CUDA; name an index of its CPU wheels here to
# save several gigabytes: --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL
RUN /venv/bin/pip install --no-cache-dir -r requirements/production.txt

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng libmariadb3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 zeeguu
COPY --from=build /venv /venv
# Fewer heaps for the threads: 50 MB less for four workers.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 BIND=0.0.0.0:8000 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --chown=zeeguu . .
# The key is for these commands only; the container gets its own at start.
RUN export ALLOWED_HOSTS=localhost \
    SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
 && python manage.py collectstatic --noinput --verbosity 0 \
 && python manage.py lemmas build \
 && chown -R zeeguu var
USER zeeguu
EXPOSE 8000
# No HEALTHCHECK: not all that runs from this image is gunicorn. compose.yaml has web's;
# elsewhere: docker run --health-cmd 'python ops/probe.py'
CMD ["gunicorn", "-c", "zeeguu/gunicorn.conf.py", "zeeguu.wsgi"]
