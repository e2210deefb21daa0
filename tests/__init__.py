"""Everything that tests need is below. Python may keep what it has compiled: a run starts hundreds of processes.

Where it is asked not to, as in many containers, each of them would compile Parley anew, a sixth of its start.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
