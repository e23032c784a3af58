"""A grant ends once, for one reason."""

import pytest

from contracts.problems import StateConflict
from tests.services.access.builders import LEADER, NOON, grant


@pytest.mark.parametrize(("reason", "state"), [("expired", "expired"), ("revoked", "revoked"), ("recusal", "revoked")])
def test_a_running_grant_ends(reason: str, state: str):
    ended = grant().end(reason, NOON, by=LEADER, codes=("misuse",))  # type: ignore[arg-type]
    assert (ended.state, ended.ended_reason, ended.ended_at, ended.version) == (state, reason, NOON, 2)
    assert (ended.ended_by, ended.codes) == (LEADER, ("misuse",))


def test_a_grant_does_not_end_twice():
    ended = grant().end("expired", NOON)
    with pytest.raises(StateConflict) as caught:
        ended.end("revoked", NOON)
    assert caught.value.params == {"state": "expired"}
