"""How unevenly customers fill partitions: the largest share and what it does to the time of a stage.

`python -m tests.bench.skew --customers 500000 --partitions 470`: payments of the customers follow Zipf's law with the
exponent given; partitions are by a hash of the customer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys


def loads(customers: int, partitions: int, exponent: float) -> list[float]:
    """Return each partition's share of all payments, the largest first."""
    found = [0.0] * partitions
    for rank in range(1, customers + 1):
        digest = hashlib.blake2b(str(rank).encode(), digest_size=8).digest()
        found[int.from_bytes(digest, "big") % partitions] += rank**-exponent
    total = sum(found)
    return sorted((each / total for each in found), reverse=True)


def main() -> None:
    """Print a table: by exponent, the largest partition in times of the mean, and how many cores still help."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--partitions", type=int, default=470)
    asked = parser.parse_args()
    sys.stdout.write(
        "| Zipf exponent | largest partition ÷ mean | cores beyond which nothing gets faster |\n"
    )
    sys.stdout.write("|---|---|---|\n")
    for exponent in (0.0, 0.5, 0.8, 1.0, 1.2):
        largest = loads(asked.customers, asked.partitions, exponent)[0]
        sys.stdout.write(f"| {exponent} | {largest * asked.partitions:.1f} | {1 / largest:.0f} |\n")


if __name__ == "__main__":
    main()
