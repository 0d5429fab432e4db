"""One file per question. `python -m benchmarks` lists them; each prints figures beside a peer's."""
