"""The job file for `spark-submit`: `relance run` on the session that it made.

`spark-submit spark_job.py --tables catalog:recovery --playbook negligent --as-of 2026-06-15 --out /mnt/out`
"""

from __future__ import annotations

import sys

from relance.cli import main

if __name__ == "__main__":
    main(["run", "--engine", "spark", *sys.argv[1:]])
