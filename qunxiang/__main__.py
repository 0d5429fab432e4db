"""`python -m qunxiang` is the command line."""

from __future__ import annotations

from qunxiang.cli import main

main()
