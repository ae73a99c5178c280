"""Static files reach the browser, with imports that work after their names have changed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.test import Client

from casesim.processes import ROOT
from casesim.static_files import HashedStaticFiles

OURS = ("casesim", "rooms", "scoring")
DIGEST = re.compile(r"\.[0-9a-f]{12}\.js$")
IMPORT = re.compile(r"""^\s*(?:import|export|\})[^"'`\n]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


def test_a_static_file_is_served_whole_and_to_our_own_pages_alone():
    name, storage = next(
        (name, storage) for finder in finders.get_finders() for name, storage in finder.list(None)
    )
    answer = Client().get(f"/static/{name}")
    assert (answer.status_code, answer.streaming) == (200, False)
    assert answer.content == Path(storage.path(name)).read_bytes()
    assert "Access-Control-Allow-Origin" not in answer


def test_a_copy_that_still_holds_is_not_sent_again():
    name = next(name for finder in finders.get_finders() for name, _ in finder.list(None))
    first = Client().get(f"/static/{name}")
    again = Client().get(f"/static/{name}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.fixture
def gathered(tmp_path: Path) -> HashedStaticFiles:
    """Two modules, as `collectstatic` leaves them."""
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    sources = {
        "rooms/main.js": 'import {\n  receive,\n} from "./parts/store.js";\nimport "../vendor.js";\n',
        "rooms/parts/store.js": 'import { html } from "../../vendor.js";\nexport const receive = html;\n',
        "vendor.js": "export const html = 1;\n",
    }
    for name, source in sources.items():
        storage.save(name, ContentFile(source.encode()))
    processed = storage.post_process({name: (storage, name) for name in sources})
    assert [error for _, _, error in processed if isinstance(error, Exception)] == []
    return storage


def test_a_module_imports_the_others_by_their_new_names(gathered, tmp_path):
    names = {name: Path(gathered.stored_name(name)).name for name in ("rooms/parts/store.js", "vendor.js")}
    main = (tmp_path / gathered.stored_name("rooms/main.js")).read_text()
    store = (tmp_path / gathered.stored_name("rooms/parts/store.js")).read_text()
    assert f'from "./parts/{names["rooms/parts/store.js"]}";' in main
    assert f'"../{names["vendor.js"]}";' in main
    assert f'from "../../{names["vendor.js"]}";' in store


def test_every_module_of_ours_imports_by_new_names_alone(tmp_path):
    """One import left as it was loads a module twice, with two states: mostly a missing semicolon."""
    env = {"PATH": os.environ["PATH"], "CASESIM_VAR": str(tmp_path)}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)
    ours = [path for app in OURS for path in (tmp_path / "static" / app).rglob("*.js")]
    hashed = [path for path in ours if DIGEST.search(path.name)]
    imports = [(path.name, name) for path in hashed for name in IMPORT.findall(path.read_text())]
    assert hashed
    assert [(path, name) for path, name in imports if not DIGEST.search(name)] == []
