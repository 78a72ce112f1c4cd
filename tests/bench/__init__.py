"""`make bench`: what Ilim can do on this machine, as ratios within one run."""
