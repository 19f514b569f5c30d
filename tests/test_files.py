"""A file is whole or not there."""

import pytest

from relance.files import replace_whole, whole


def test_what_stops_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    place = tmp_path / "letters.csv"
    replace_whole(place, "before")

    def stopped():
        with whole(place) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    assert place.read_text() == "before"
    assert list(tmp_path.iterdir()) == [place]


def test_a_link_stays_a_link_and_a_device_is_written_to(tmp_path):
    there, link = tmp_path / "there.txt", tmp_path / "link.txt"
    link.symlink_to(there)
    replace_whole(link, "à jour", linked=True)
    assert link.is_symlink()
    assert there.read_text(encoding="utf-8") == "à jour"
    with whole(tmp_path / "/dev/null") as stream:
        stream.write(b"gone")


@pytest.mark.parametrize("there", [True, False])
def test_a_link_that_nobody_asked_for_is_not_followed(tmp_path, there):
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_text("before")
    link.symlink_to(target)
    with pytest.raises(OSError, match="link"):
        replace_whole(link, "after")
    assert (target.read_text() if target.exists() else None) == ("before" if there else None)
