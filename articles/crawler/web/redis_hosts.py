"""A budget for each host that several machines share, kept in Redis."""

import hashlib
import logging
import math

import redis
from django.conf import settings

from articles.crawler.web.errors import HostBusy
from articles.crawler.web.hosts import BUSY, POLL_S, Budget, Limits, Turn

logger = logging.getLogger(__name__)

# Between a download's end and the end of its lease, for what a machine does between.
GRACE_S = 15

# Host.ask, in one step for all machines and by the server's clock. A hash has the
# bucket, a sorted set the leases with the time at which each one ends; both go when
# they say no more than a new host's would.
ASK = """
local state, leases = KEYS[1], KEYS[2]
local concurrent, per_minute = tonumber(ARGV[1]), tonumber(ARGV[2])
local interval, lease, lease_s = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000

local function paused(pause, reason)
  local left_ms = pause and redis.call('PTTL', pause) or 0
  if left_ms <= 0 then return nil end
  return {reason, tostring(left_ms / 1000), redis.call('GET', pause) or ''}
end
local turn = paused(KEYS[4], 'paused for this address') or paused(KEYS[3], 'paused')
if turn then return turn end

redis.call('ZREM', leases, lease)  -- taken before, but the answer was lost
redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
if redis.call('ZCARD', leases) >= concurrent then return {'busy', '0', ''} end

local wait, spaced = 0, 0
if interval > 0 then
  spaced = (tonumber(redis.call('HGET', state, 'spaced_at')) or 0) + interval - now
end
local rate, tokens = per_minute / 60, per_minute
if rate > 0 then
  local counted_at = tonumber(redis.call('HGET', state, 'counted_at')) or now
  local left = tonumber(redis.call('HGET', state, 'tokens')) or per_minute
  tokens = math.min(per_minute, left + math.max(0, now - counted_at) * rate)
  wait = (1 - tokens) / rate
end
if math.max(wait, spaced) > 0 then
  local reason = wait > spaced and 'over its limit' or 'spaced'
  return {reason, tostring(math.max(wait, spaced)), ''}
end

redis.call('HSET', state, 'tokens', tokens - 1, 'counted_at', now)
if interval > 0 then redis.call('HSET', state, 'spaced_at', now) end
redis.call('EXPIRE', state, 120)
redis.call('ZADD', leases, now + lease_s, lease)
redis.call('EXPIRE', leases, math.ceil(lease_s) + 1)
return {'', '0', ''}
"""
PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
end
"""


class RedisHostBudget(Budget):
    """The budget of all processes that use one Redis: its address, or a client.

    A slot is a lease of lease_s seconds, so that whoever is killed gives it back too.
    Where Redis does not answer, nothing may be asked: HostBusy.
    """

    def __init__(
        self,
        server: str | redis.Redis,
        limits: Limits,
        patience_s: float | None = None,
        lease_s: float | None = None,
    ) -> None:
        super().__init__(limits, patience_s)
        if isinstance(server, str):
            server = redis.Redis.from_url(
                server,
                socket_timeout=settings.BROKER_TIMEOUT_S,
                socket_connect_timeout=settings.BROKER_TIMEOUT_S,
            )
        self.server = server
        self.lease_s = lease_s or settings.CRAWLER_TIMEOUT_S + GRACE_S
        self.ask, self.set_pause = map(server.register_script, (ASK, PAUSE))

    def _pause(self, host: str, seconds: float, cause: str, url: str = "") -> None:
        if seconds > 0:
            milliseconds = math.ceil(seconds * 1000)
            try:
                self.set_pause(keys=[pause_key(host, url)], args=[milliseconds, cause])
            except redis.RedisError as exc:
                logger.warning("%s could not be paused: %s", url or host, exc)

    def _ask(self, host: str, lease: str, min_interval_s: float, url: str = "") -> Turn:
        keys = [key(host, "state"), key(host, "leases"), pause_key(host)]
        if url:
            keys.append(pause_key(host, url))
        args = [*self.limit(host), min_interval_s, lease, self.lease_s]
        try:
            answer = self.ask(keys=keys, args=args)
        except redis.RedisError as exc:
            message = f"host {host}: no answer about its budget from Redis: {exc}"
            raise HostBusy(message, self.patience_s) from exc
        reason, wait_s, cause = map(text, answer)
        return Turn(reason, POLL_S if reason == BUSY else float(wait_s), cause)

    def _leave(self, host: str, lease: str) -> None:
        try:
            self.server.zrem(key(host, "leases"), lease)
        except redis.RedisError as exc:
            logger.warning("A slot of %s ends with its lease: %s", host, exc)


def key(host: str, name: str) -> str:
    # In a cluster, the braces keep a host's keys on one server.
    return f"crawler:{{{host}}}:{name}"


def pause_key(host: str, url: str = "") -> str:
    """Where the pause of a host is kept, or that of one address of it."""
    name = f"pause:{hashlib.sha256(url.encode()).hexdigest()}" if url else "pause"
    return key(host, name)


def text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
