"""A partner's habits, said in its YAML: what becomes of a Record after its crosswalk.

``overrides:`` maps places of a Record to rules (`Override`). All rules take from the record as its
crosswalk made it, so their order does not matter. Pure: Record in, Record out. Texts that a rule
puts out of their place stay in ``other`` under that place's name; docs/overrides.md shows all.
"""

from aggregator.overrides.places import place
from aggregator.overrides.plan import Plan, apply
from aggregator.overrides.rules import Override, Overrides, this_year

__all__ = ["Override", "Overrides", "Plan", "apply", "place", "this_year"]
