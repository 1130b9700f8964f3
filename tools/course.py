"""The course's commands, for every system: `python tools/course.py lab`, `… test`, and so on.

`make lab` and `make test` call this file. It makes the virtual environment `.venv` from
requirements.txt when it is missing or out of date, and then runs the command inside it.
SANDBOX_ENVIRONMENT=ready runs it with this very Python, where all is installed already.
Written so that an old Python can read it as well, and say what is wrong.
"""

import hashlib
import os
import subprocess
import sys
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
WHEELS = os.path.join(ROOT, "wheels")  # in a package for a room without network: all that is to be installed
STAMP = os.path.join(VENV, "made-from")  # what the environment was made from
UV = "uv==0.13.9"  # installs the same pins as pip, with a tenth of pip's work
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
NEEDED = (["--requirement", "requirements.txt"], ["--no-deps", "--editable", "."])

COMMANDS = {
    "setup": [],
    "lab": ["-m", "tools.lab"],
    "test": ["-m", "tools.test"],
    "lessons": ["-m", "tools.lessons", "build"],
    "kafka": ["-m", "tools.broker"],
    "bench": ["-m", "benchmarks"],
    "lite": ["-m", "tools.lite"],
    "docs": ["-m", "tools.docs"],
}


def main(arguments):
    """Run one command in the course's environment; return its exit status."""
    if sys.version_info < (3, 11):
        return (
            "The course needs Python 3.11 or newer; this is %s. Choose another: make PYTHON=python3.12 lab"
            % (sys.version.split()[0])
        )
    if not arguments or arguments[0] not in COMMANDS:
        return "Usage: python tools/course.py %s [options]" % "|".join(COMMANDS)
    python = sys.executable
    if os.environ.get("SANDBOX_ENVIRONMENT") != "ready":  # on Binder and in a container it is
        problem = prepare()
        if problem:
            return problem
        python = PYTHON
        os.environ["PATH"] = BIN + os.pathsep + os.environ.get("PATH", "")
    command = COMMANDS[arguments[0]]
    if not command:
        return 0
    try:
        return subprocess.call([python] + command + arguments[1:], cwd=ROOT)
    except KeyboardInterrupt:
        return 130


def prepare():
    """Make `.venv` if it isn't there or isn't what requirements.txt says; return a problem, or None."""
    wanted = fingerprint()
    if os.path.exists(STAMP) and os.path.exists(PYTHON):
        with open(STAMP) as stamp:
            if stamp.read() == wanted:
                return None
    print("Making the course's environment in .venv (once; up to a minute or two) ...", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        return (
            "Python could not make a virtual environment: its module ensurepip is missing. "
            "On Debian and Ubuntu: apt install python3-venv. Then try again."
        )
    if not (from_wheels() or with_uv() or with_pip()):
        return "pip could not install what the course needs (its message is above). Mend that and try again."
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)
    return None


def from_wheels():
    """Install from the wheels that came with a release, without network; say whether that was done."""
    if not os.path.isdir(WHEELS):
        return False
    offline = PIP + ["install", "--no-index", "--find-links", WHEELS]
    if all(install(offline + what) for what in NEEDED):
        return True
    print("The packages in wheels/ are made for another machine: see wheels/MADE_FOR.txt. This is")
    print("Python %s on %s. Asking the package index instead ..." % (sys.version.split()[0], sys.platform))
    return False


def with_uv():
    """Have uv install all; say whether it has. Where pip was given another index, uv isn't asked."""
    settings = subprocess.run(PIP + ["config", "list"], capture_output=True, text=True).stdout
    if "index" in settings:
        return False
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON]
    steps = [PIP + ["install", "--quiet", UV]] + [uv + what for what in NEEDED]
    return all(subprocess.run(step, cwd=ROOT, capture_output=True).returncode == 0 for step in steps)


def with_pip():
    """Have pip install all, by the user's own settings; say whether it has."""
    return all(install(PIP + ["install"] + what) for what in NEEDED)


def install(command):
    """Run pip with a line of progress instead of its hundreds; say whether it worked."""
    pip = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said, packages = [], 0
    for line in pip.stdout:
        said.append(line)
        if line.startswith("Collecting"):
            packages += 1
            if sys.stdout.isatty():
                print("\r  %d packages found " % packages, end="", flush=True)
        elif line.startswith("Installing collected packages") and packages:
            print("\r  %d packages found; installing them ..." % packages, flush=True)
    if pip.wait():
        print("".join(said[-15:]))
    return pip.returncode == 0


def fingerprint():
    """What the environment depends on, as a hash: the requirements, Python, and this folder's place."""
    with open(os.path.join(ROOT, "requirements.txt"), "rb") as requirements:
        made_from = requirements.read() + sys.version.encode() + ROOT.encode()
    return hashlib.sha256(made_from).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
