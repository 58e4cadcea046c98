"""Runs a script with its arguments and prints `peak BYTES`, the largest resident memory of the process.

usage: with-peak.py SCRIPT ARGUMENTS...
"""

import resource
import runpy
import sys

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(f"peak {1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")
