"""Links that open the course elsewhere: on Binder, and on a JupyterHub through nbgitpuller."""

from urllib.parse import quote, urlencode, urlsplit

from sandbox.errors import UsageError

BINDER = "https://mybinder.org/v2"


def binder(repository: str, branch: str, page: str) -> str:
    """Binder's link to `page` of a branch. Raises `UsageError` where `repository` is no address."""
    parts = urlsplit(_checked(repository))
    path = parts.path.strip("/").removesuffix(".git")
    if parts.hostname == "github.com":
        place = f"gh/{path}"
    elif parts.hostname == "gitlab.com":
        place = f"gl/{quote(path, safe='')}"
    else:
        place = f"git/{quote(repository, safe='')}"
    return f"{BINDER}/{place}/{quote(branch, safe='')}?{urlencode({'urlpath': f'lab/tree/{page}'})}"


def nbgitpuller(repository: str, branch: str, page: str, hub: str) -> str:
    """The link for the JupyterHub at `hub`: it fetches the branch, merges, and opens `page`."""
    name = urlsplit(_checked(repository)).path.rstrip("/").rpartition("/")[2].removesuffix(".git")
    asked = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{name}/{page}"}
    return f"{_checked(hub).rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def _checked(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(f"{address!r} is no address. Write it as in https://github.com/OWNER/REPOSITORY.")
    return address
