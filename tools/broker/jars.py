"""Kafka's jars: resolved once by Maven, into `.kafka/libs`, and found there ever after."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.broker.problem import Problem
from tools.broker.progress import say

POM = Path(__file__).with_name("pom.xml")
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
JAVA_MIN = 17  # Kafka 4's brokers


def java() -> str:
    """The `java` to use: that of JAVA_HOME, else that on the PATH. Raises `Problem`."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if not found:
        raise Problem(
            "there is no Java. Install Java 17 or newer (Debian: apt install default-jre-headless)."
        )
    answer = subprocess.run([found, "-version"], capture_output=True, text=True)
    version = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    if not version:
        raise Problem(f"{found} -version does not tell its version: {answer.stderr.strip() or 'no output'}.")
    if int(version[1]) < JAVA_MIN:
        raise Problem(f"Kafka 4 needs Java {JAVA_MIN} or newer; {found} is Java {version[1]}.")
    return found


def resolve(libs: Path) -> None:
    """Fill `libs` with Kafka's jars, unless they are there already. Raises `Problem`."""
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    made_from = libs / "made-from"
    if made_from.is_file() and made_from.read_text() == wanted:
        return
    maven = shutil.which("mvn")
    if not maven:
        raise Problem(
            "Kafka's jars are not here yet, and there is no Maven to fetch them. "
            "Install it (Debian: apt install maven; macOS: brew install maven), or start Docker."
        )
    say("Fetching Apache Kafka with Maven (once, about 55 MB) ...")
    half = libs.with_name(f"{libs.name}-{os.getpid()}")  # renamed when whole, so never half a folder
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    command = [maven, "-B", "-q", "-f", str(POM), GOAL, "-DincludeScope=runtime", f"-DoutputDirectory={half}"]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        shutil.rmtree(half, ignore_errors=True)
        end = "\n".join((answer.stdout + answer.stderr).strip().splitlines()[-8:])
        raise Problem(f"Maven could not fetch Kafka. The end of what it said:\n{end}\nAre you online?")
    (half / "made-from").write_text(wanted)
    shutil.rmtree(libs, ignore_errors=True)
    half.rename(libs)
