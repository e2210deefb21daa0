"""The clients' queue of changes does as the page's."""

from tests.faults.checker.state import Change
from tests.faults.client.changes import Changes
from tests.faults.client.outbox import RESEND_S

EDIT, LATER_EDIT = Change(1, 7, "edit", "a"), Change(1, 7, "edit", "b")
REACTION = Change(1, 7, "react", "👍")


def test_changes_go_one_after_the_other() -> None:
    changes = Changes()
    changes.put("1", EDIT)
    changes.put("2", REACTION)

    assert changes.due(0) == ("1", EDIT)
    assert changes.due(0) is None
    changes.settle("1")
    assert changes.due(0) == ("2", REACTION)


def test_a_change_without_an_answer_is_sent_again() -> None:
    changes = Changes()
    changes.put("1", EDIT)
    changes.due(0)

    assert changes.due(RESEND_S + 1) == ("1", EDIT)
    changes.reconnect()
    assert changes.due(RESEND_S + 1) == ("1", EDIT)


def test_a_change_that_was_refused_for_now_waits() -> None:
    changes = Changes()
    changes.put("1", EDIT)
    changes.due(0)
    changes.hold("1", 3)

    assert changes.due(2) is None
    assert changes.due(3) == ("1", EDIT)


def test_an_edit_takes_the_place_of_one_that_is_on_its_way() -> None:
    changes = Changes()
    changes.put("1", EDIT)
    changes.due(0)
    changes.put("2", LATER_EDIT)

    assert changes.due(0) == ("2", LATER_EDIT)
    changes.settle("2")
    assert not changes
