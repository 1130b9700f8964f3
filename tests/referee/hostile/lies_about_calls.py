# Its end says that a function has come back without having run it.
from sandbox.confined.instance import Instance

Instance._call = lambda self, function, args, options: None
