"""Which connectors there are: a visible table, name in YAML -> its config and its class."""
