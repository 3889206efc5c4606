"""Runs a Python program and ends it when the process that started it is gone.

usage: attached.py FILE [ARGUMENT...]
       attached.py -m MODULE [ARGUMENT...]

Standard input is a pipe held by the starting process. It closes however that process ends, so a killed test run
leaves no server behind.
"""

import os
import runpy
import sys
import threading


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
if sys.argv[1] == "-m":
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
else:
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")
