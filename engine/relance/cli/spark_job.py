"""The job file for `spark-submit`: a run over tables on the session that it made. Its log says which stage begins, and what was done.

`spark-submit spark_job.py --tables catalog:recovery --playbook negligent --as-of 2026-06-15 --out catalog:recovery`
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, FILE, now


@click.command(name="spark_job.py")
@click.option("--tables", required=True, metavar="ADDRESS", help="A folder (hdfs://, s3a://, file://) or catalog:SCHEMA.")
@click.option("--playbook", metavar="ID|FILE", help="One playbook for every case.")
@click.option("--routing", type=FILE, metavar="FILE", help="Rules: which playbook for which case.")
@click.option("--as-of", "on", type=DAY, required=True, help="The day: YYYY-MM-DD, or today.")
@click.option("--out", required=True, metavar="ADDRESS", help="Where to write: a folder, or catalog:SCHEMA.")
@click.option("--checkpoint", metavar="ADDRESS", help="A folder of the cluster's for what is worked out on the way: then a worker may die.")
@click.option("--dry-run", is_flag=True, help="Write nothing at all; say what would be.")
@click.option("--trust", is_flag=True, help="Do not look for bad rows.")
def command(
    tables: str, playbook: str | None, routing: Path | None, on: date, out: str, checkpoint: str | None, *, dry_run: bool, trust: bool
) -> None:
    """Run a portfolio in tables on a Spark cluster. Exit code 1 when there are rejects, 2 when nothing could be done."""
    from pyspark.sql import SparkSession

    from relance.cli.lake import run_and_show
    from relance.cli.run import routing_of

    rules = routing_of(playbook, routing)
    if checkpoint is not None:
        SparkSession.builder.appName("relance").getOrCreate().sparkContext.setCheckpointDir(checkpoint)
    run_and_show(tables, rules, on, out, "table", "spark", dry_run=dry_run, trust=trust, said=_stage)


def _stage(name: str) -> None:
    """Tell the job's log which stage begins."""
    click.echo(f"{now():%H:%M:%S} relance: {name}", err=True)


if __name__ == "__main__":
    command()
