"""`python -m pipelines` is the command `salesdesk`."""

from pipelines.cli import main

main()
