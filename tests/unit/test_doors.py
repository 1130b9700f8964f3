"""The doors to the course: Binder, the containers, and the commands inside them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.broker.settings import SERVER

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OWN = {  # settings that say where a broker is and who it is: they differ between the two
    "process.roles",
    "node.id",
    "controller.quorum.voters",
    "controller.listener.names",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "log.dirs",
}


WORKFLOWS = sorted(map(str, ROOT.glob(".github/workflows/*.yml")))


@pytest.mark.parametrize(
    ("schema", "files"), [("compose-spec", [str(COMPOSE)]), ("github-workflows", WORKFLOWS)]
)
def test_what_others_read_is_valid_by_its_schema(schema, files):
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    answer = subprocess.run(check, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_brokers_that_the_readme_names_have_their_profiles():
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    profiles = {profile for service in services.values() for profile in service.get("profiles", [])}
    assert profiles == {"course", "kafka-ui", "redis", "rabbitmq", "localstack"}
    assert "profiles" not in services["kafka"]


def test_kafka_in_a_container_has_the_settings_of_the_one_on_java():
    environment = yaml.safe_load(COMPOSE.read_text())["services"]["kafka"]["environment"]
    contained = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): str(value)
        for name, value in environment.items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    }
    on_java = dict(line.split(" = ") for line in SERVER.splitlines())
    assert set(contained) == set(on_java)
    differing = {name for name in on_java if contained[name] != on_java[name]}
    assert differing <= OWN


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binders_scripts_can_be_run(name):
    script = ROOT / "binder" / name
    if os.name != "nt":
        assert script.stat().st_mode & stat.S_IXUSR
        assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


def test_binder_installs_the_pinned_versions():
    wanted = (ROOT / "binder/requirements.txt").read_text().splitlines()[-1]
    assert wanted == "-r ../requirements.txt"
    assert (ROOT / "binder" / wanted.removeprefix("-r ")).resolve() == ROOT / "requirements.txt"


def test_where_all_is_installed_no_environment_is_made():
    ready = {**os.environ, "SANDBOX_ENVIRONMENT": "ready", "SANDBOX_BUS": "kafka://localhost:1"}
    answer = subprocess.run(
        [sys.executable, "tools/course.py", "kafka", "up"],
        cwd=ROOT,
        env=ready,
        capture_output=True,
        text=True,
    )
    assert "no Kafka answers at localhost:1" in answer.stderr
    assert "Making the course's environment" not in answer.stdout
