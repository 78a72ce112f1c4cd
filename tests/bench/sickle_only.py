"""Sickle merely iterating a list: ``python -m tests.bench.sickle_only URL``; prints its seconds."""

import sys
import time

from sickle import Sickle

started = time.perf_counter()
count = sum(1 for _ in Sickle(sys.argv[1]).ListRecords(metadataPrefix="oai_dc"))
print(f'{{"count": {count}, "seconds": {time.perf_counter() - started}}}')
