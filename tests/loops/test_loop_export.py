"""What of a loop its workspace takes along."""

import json
import zipfile

from casesim.loops import reports
from casesim.records import exports


def taken_along(acme, tmp_path):
    target = tmp_path / "all.zip"
    exports.write(acme.olga.workspace, target)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_loop_is_taken_along_with_its_report_and_decision(acme, tmp_path):
    made = acme.loop()
    first = acme.play(acme.room(made))
    acme.rate(first, "rater1", 4, 4)
    acme.rate(first, "rater2", 4, 3)
    report = reports.build(made.pk, acme.now)
    reports.sign(acme.olga, made, report.digest, "hire", "Clear.", acme.now)
    files = taken_along(acme, tmp_path)
    (row,) = json.loads(files["loops.json"])
    assert (row["candidate"], row["decision"], row["signed_by"]) == ("Cora Lind", "hire", "Olga")
    assert [each["room"] for each in json.loads(files["loop_rooms.json"])] == [first]
    assert files[f"reports/loop-{made.pk}-{report.digest[:12]}.json"] == report.document


def test_while_one_of_its_rooms_is_marked_blind_no_report_of_a_loop_is_taken_along(acme, tmp_path):
    made = acme.loop()
    first, _ = acme.play(acme.room(made)), acme.play(acme.room(made))
    acme.rate(first, "rater1", 4, 4)
    acme.rate(first, "rater2", 4, 3)
    assert reports.build(made.pk, acme.now) is not None
    assert not [name for name in taken_along(acme, tmp_path) if name.startswith("reports/loop")]
