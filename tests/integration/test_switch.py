"""The five lines of README.md that lead from one machine to servers, as they stand there."""

import os
import re
import shlex
import subprocess

import pytest

from tests.integration.house import Installation, live
from tests.postgres import PASSWORD, ROLE, Server
from tests.servers.elasticsearch import ElasticsearchServer
from tests.shared import ROOT


@pytest.mark.slow
def test_the_readme_leads_to_servers(
    installation: Installation, postgres: Server, elasticsearch_server: ElasticsearchServer
) -> None:
    pages = [live(f"oai:x:{n}", title=f"Манас {n}", date="1999") for n in range(30)]
    installation.saved("lib", {"1.xml": pages})
    settings = installation.config / "ilim.yaml"
    settings.write_text(
        f"elasticsearch: {{nodes: ['{elasticsearch_server.url}'], index: switched}}\n"
    )
    assert installation.ilim("harvest").code == 0
    question = ("search", "манас", "--json", "--sort", "title", "--size", "30")
    before = installation.ilim(*question).json
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"```sh\n(export PGPASSWORD.*?)```", readme, re.DOTALL)
    assert len(lines.strip().splitlines()) == 5
    name = postgres.fresh(empty=True)
    script = (
        lines.replace("PGPASSWORD=…", f"PGPASSWORD={shlex.quote(PASSWORD)}")
        .replace("postgresql://ilim@db.example.org/ilim",
                 f"postgresql://{ROLE}@127.0.0.1:{postgres.port}/{name}")
        .replace("config/ilim.yaml", str(settings))
        .replace(".venv/bin/ilim", shlex.join(installation.command()))
    )  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ILIM_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT, env=kept, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout and "AWAY" not in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert installation.ilim(*question, PGPASSWORD=PASSWORD).json == before
    status = installation.ilim("status", "--json", PGPASSWORD=PASSWORD).json
    assert status["index"] == {"engine": "elasticsearch", "works": 30, "behind": 0}
    for file in installation.data.glob("*.sqlite*"):
        file.unlink()  # nothing needs them any more
    assert installation.ilim(*question, PGPASSWORD=PASSWORD).json == before
    postgres.drop(name)
