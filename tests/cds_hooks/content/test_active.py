"""Content replaced while it is served: as a whole, by sound content, or not at all."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import requests
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from cds_hooks.content import ActiveContent
from cds_hooks.envelope import HookCall
from cds_hooks.prefetch import Received
from cds_hooks.services import Answer, Service


@dataclass
class Words:
    """Guidance that says its version."""

    version: str
    faults: tuple[str, ...] = ()
    ids: tuple[str, ...] = ("one",)
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(Service(one, "patient-view", f"{one} {self.version}", "", "", ()) for one in self.ids)

    def pages(self) -> Router:
        async def show(_: Request) -> Response:
            return PlainTextResponse(f"guidance {self.version}")

        return Router([Route("/guidance", show)])

    def answer(self, service: Service, call: HookCall, received: Received) -> Answer:
        raise NotImplementedError


class Loads:
    """A loader that gives one after the other; raises those that are errors."""

    def __init__(self, *given: Words | Exception) -> None:
        self.given = list(given)

    def __call__(self) -> Words:
        found = self.given.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def test_newer_content_is_served_as_a_whole() -> None:
    active = ActiveContent(Loads(Words("1"), Words("2", ids=("one", "two"))))
    old = active.current
    answer = active.reload()
    assert (answer.version, answer.refusal) == ("2", None)
    assert list(active.current.services) == ["one", "two"]
    assert b'"one 2"' in active.current.discovery
    assert b'"two 2"' in active.current.discovery
    assert active.current.since >= old.since
    assert list(old.services) == ["one"], "a call that has begun goes on with what it has"


@pytest.mark.parametrize(
    ("newer", "said"),
    [
        (ValueError("plan.json#/action: error PD-103: unknown element"), "unknown element"),
        (FileNotFoundError("the folder is gone"), "the folder is gone"),
        (KeyError("title"), "KeyError"),
        (Words("2", faults=("a.json: has become faulty",)), "has become faulty"),
        (Words("2", ids=()), "no service"),
    ],
)
def test_faulty_content_is_refused_and_the_old_goes_on(
    newer: Words | Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    active = ActiveContent(Loads(Words("1"), newer, Words("3")))
    before = active.current
    with caplog.at_level(logging.ERROR, "cds_hooks.content"):
        answer = active.reload()
    assert active.current is before
    assert answer.version == "1"
    assert answer.refusal is not None
    assert answer.refusal is active.last_refusal
    assert said in "\n".join(answer.refusal.faults)
    assert said in caplog.text
    assert active.reload().version == "3"
    assert active.last_refusal is None


def test_what_was_left_out_from_the_start_does_not_stop_others() -> None:
    active = ActiveContent(Loads(Words("1", ("a.json: old fault",)), Words("2", ("a.json: old fault",))))
    assert active.reload().version == "2"


def test_first_content_that_cannot_be_used_raises() -> None:
    with pytest.raises(ValueError, match="nothing"):
        ActiveContent(Loads(ValueError("nothing")))


def test_content_given_is_not_loaded() -> None:
    assert ActiveContent(Loads(), Words("0")).current.guidance.version == "0"


def test_reloads_wait_for_each_other() -> None:
    inside = 0
    seen = []

    def load() -> Words:
        nonlocal inside
        inside += 1
        seen.append(inside)
        threading.Event().wait(0.02)
        inside -= 1
        return Words("x")

    active = ActiveContent(load)
    threads = [threading.Thread(target=active.reload) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert seen == [1] * 5


def test_replaced_content_is_freed_in_a_process_that_froze_it() -> None:
    import weakref

    class Cyclic(Words):
        def __init__(self, version: str) -> None:
            super().__init__(version)
            self.itself = self

    active = ActiveContent(Loads(Cyclic("1"), Cyclic("2")))
    old = weakref.ref(active.current.guidance)
    gc.collect()
    gc.freeze()
    try:
        active.reload()
        assert old() is None
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_pages_are_those_of_the_content_that_is_served(serve: Callable[..., object]) -> None:
    active = ActiveContent(Loads(Words("1"), Words("2")))
    app = FastAPI()
    app.router.default = active.pages
    with serve(app) as base:  # type: ignore[attr-defined]
        assert requests.get(f"{base}/guidance", timeout=10).text == "guidance 1"
        active.reload()
        assert requests.get(f"{base}/guidance", timeout=10).text == "guidance 2"
        assert requests.get(f"{base}/other", timeout=10).status_code == 404
