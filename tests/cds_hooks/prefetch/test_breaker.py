"""A server that fails again and again is left alone; one request at a time tries it again."""

import threading

from cds_hooks.prefetch.breaker import Admission, Breaker, Breakers

NO, YES, TRIAL = Admission.NO, Admission.YES, Admission.TRIAL


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(3, 10, clock)
    for _ in range(3):
        assert breaker.admit() is YES
        breaker.ended(YES, failed=True)
    return breaker


def test_opens_after_failures_in_a_row() -> None:
    breaker = Breaker(3, 10, Clock())
    for failed in (True, True, False, True, True):
        breaker.ended(YES, failed=failed)
        assert breaker.admit() is YES
    breaker.ended(YES, failed=True)
    assert breaker.admit() is NO


def test_one_trial_that_succeeds() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 9.9
    assert breaker.admit() is NO
    clock.now += 0.2
    assert [breaker.admit() for _ in range(3)] == [TRIAL, NO, NO]
    breaker.ended(TRIAL, failed=False)
    assert breaker.admit() is YES


def test_one_trial_that_fails() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    assert breaker.admit() is TRIAL
    breaker.ended(TRIAL, failed=True)
    assert breaker.admit() is NO
    clock.now += 10
    assert breaker.admit() is TRIAL


def test_latecomers_leave_the_trial_alone() -> None:
    """Requests that were made before it opened, and fail after it: they do not make room for a second trial."""
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    assert breaker.admit() is TRIAL
    breaker.ended(YES, failed=True)
    clock.now += 10
    assert breaker.admit() is NO


def test_one_trial_among_many_threads() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    admitted: list[Admission] = []
    threads = [threading.Thread(target=lambda: admitted.append(breaker.admit())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert admitted.count(TRIAL) == 1
    assert admitted.count(NO) == 19


def test_each_server_has_its_own() -> None:
    breakers = Breakers(1, 10)
    breakers.of("https://a").ended(YES, failed=True)
    assert breakers.of("https://a").admit() is NO
    assert breakers.of("https://b").admit() is YES
