"""A program that says how it was started, and then does what it is asked to: `end CODE`, or `stay` for ever."""

import json
import os
import resource
import signal
import sys

if __name__ == "__main__":
    about = {"words": sys.argv[1:], "environment": dict(os.environ), "session": os.getsid(0), "folder": os.getcwd()}
    about |= {"files": resource.getrlimit(resource.RLIMIT_NOFILE)[0], "input": sys.stdin.read(), "name": __name__}
    print(json.dumps(about), flush=True)
    print("an error", file=sys.stderr, flush=True)
    if "stay" in sys.argv:
        signal.pause()
    sys.exit(int(sys.argv[-1]))
