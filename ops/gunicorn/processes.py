"""How many processes serve, and where they meet; for Django and where there is none."""

from pathlib import Path

from zeeguu.base.env import env_folder, env_int

WORKERS = env_int("GUNICORN_WORKERS", 4, minimum=1)
THREADS = env_int("GUNICORN_THREADS", 15, minimum=1)
# Each process keeps its counts there, for all to read.
RUN_DIR = env_folder("RUN_DIR", Path(__file__).resolve().parents[2] / "var" / "run")
