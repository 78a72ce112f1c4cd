"""Faults of sources, each proved from the wire to the store and to what `ilim status` says."""
