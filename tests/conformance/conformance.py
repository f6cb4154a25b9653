"""The official SDK as the judge of the sandbox: no answer may fail its models.

Reads two lines from standard input, each the JSON that a sandbox prints first: one without limits, over which every
conversation is swept, and one with limits and a short window. Prints a line per test and `N passed, N failed`; the exit
code is 1 when a test failed.
"""

import json
import sys
import time
import traceback

import reading, talking, trouble  # noqa: F401  (their tests register themselves)
from bench import TESTS, Bench


def main() -> int:
    unlimited, limited = (json.loads(sys.stdin.readline()) for _ in range(2))
    bench, failed = Bench(unlimited, limited), 0
    for each in TESTS:
        began = time.monotonic()
        try:
            each(bench)
            print(f"ok      {each.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {each.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
