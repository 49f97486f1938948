# One image for every service; docker-compose.yml chooses the command.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt
ENV PATH=/venv/bin:$PATH

COPY manage.py ./
COPY config config
COPY accounts accounts
COPY quizbank quizbank
COPY grader grader
COPY exercises exercises
COPY frontend frontend

# /run/stride holds the runner's socket, /var/stride what a service writes; both are volumes.
RUN useradd --uid 10001 --no-create-home stride \
 && mkdir -p /run/stride /var/stride \
 && chown stride:stride /run/stride /var/stride \
 && STRIDE_VAR=/tmp/build STRIDE_STATIC_ROOT=/app/static python manage.py collectstatic --no-input -v 0 \
 && rm -rf /tmp/build \
 && python -m compileall -q config accounts quizbank grader exercises

ENV STRIDE_VAR=/var/stride STRIDE_STATIC_ROOT=/app/static STRIDE_RUNNER_EMBEDDED=0 \
    STRIDE_RUNNER_SOCKET=/run/stride/runner.sock
USER stride
EXPOSE 8000
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
