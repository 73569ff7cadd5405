"""Two editions side by side: what is the same, what comes on another day or in other words, and what comes in one only."""

from rehearsal.comparing import Side, side_by_side
from tests.rehearsal.tales import letter, move, rehearsal, story, task


def test_each_thing_is_beside_its_like_and_what_is_different_is_marked() -> None:
    old = story(letter("hello", 1), letter("no_time", 5), letter("webinar", 9, "Come.\nIt is free."), move("long_hold", 20))
    new = story(letter("hello", 1), letter("webinar", 9, "Come.\nIt costs nothing."), task("demo", 12), move("long_hold", 22))

    [both] = side_by_side(rehearsal(old), rehearsal(new))

    shown = [(pair.side, pair.old and pair.old.what, pair.new and pair.new.what) for pair in both.pairs]
    assert shown == [
        (Side.SAME, "sent hello", "sent hello"),
        (Side.OLD, "sent no_time", None),
        (Side.CHANGED, "sent webinar", "sent webinar"),
        (Side.NEW, None, "asked a rep: demo"),
        (Side.CHANGED, "welcome: educate → long_hold", "welcome: educate → long_hold"),
    ]
    assert both.pairs[2].said == ("- It is free.", "+ It costs nothing.")
    assert both.differences == 4


def test_the_same_edition_twice_has_no_differences_although_minutes_are_never_the_same() -> None:
    [both] = side_by_side(rehearsal(story(letter("hello", 1))), rehearsal(story(letter("hello", 1.001))))

    assert both.differences == 0
