"""Redis as a cache that may be away: rate limits then count nothing, and pages go on working."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

log = logging.getLogger(__name__)


def _forgiving(method: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: RedisCache, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except (RedisAway, RedisSlow) as error:
            log.warning("the cache is away: %s", error)
            return otherwise(*args, **options)

    return call


def _default(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


class ForgivingRedisCache(RedisCache):
    """As if nothing were stored while Redis doesn't answer."""

    get = _forgiving(RedisCache.get, _default)
    add = _forgiving(RedisCache.add, lambda *args, **options: True)
    set = _forgiving(RedisCache.set, lambda *args, **options: None)
    touch = _forgiving(RedisCache.touch, lambda *args, **options: False)
    delete = _forgiving(RedisCache.delete, lambda *args, **options: False)
    incr = _forgiving(RedisCache.incr, lambda key, delta=1, version=None: delta)
    get_many = _forgiving(RedisCache.get_many, lambda *args, **options: {})
    has_key = _forgiving(RedisCache.has_key, lambda *args, **options: False)
