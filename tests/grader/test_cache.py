"""Rate limits while Redis is away."""

from config.cache import ForgivingRedisCache
from tests.site import free_port


def test_a_cache_that_is_away_is_empty_and_never_fails():
    away = ForgivingRedisCache(f"redis://127.0.0.1:{free_port()}/0", {})
    assert away.set("key", 1) is None
    assert away.get("key") is None
    assert away.get("key", 7) == 7
    assert away.add("key", 1) is True
    assert away.incr("key") == 1
    assert away.get_many(["key"]) == {}
    assert away.delete("key") is False
    assert away.has_key("key") is False
    assert away.touch("key") is False
