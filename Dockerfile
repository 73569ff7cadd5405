# One image for every process of the product: worker, web app and migrations.
FROM python:3.13.9-slim-trixie AS installed
COPY requirements.lock /
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock

FROM python:3.13.9-slim-trixie
RUN useradd --system --uid 10001 --no-create-home sodate
COPY --from=installed /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY alembic.ini settings.py starter.py worker.py ./
COPY nurture nurture
COPY mail mail
COPY store store
COPY activities activities
COPY workflows workflows
COPY web web
COPY commands commands
COPY forecast forecast
COPY migrations migrations
COPY email_templates email_templates
COPY campaigns campaigns
USER 10001
CMD ["python", "worker.py"]
