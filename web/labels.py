"""Names of the codes that records and sources carry, in one page language.

The keys are the project's own codes (`aggregator.record`, DESIGN §10, MARC relators); a code
without a name here is shown as it is: nothing a source said is hidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    types: Mapping[str, str]
    access: Mapping[str, str]
    roles: Mapping[str, str]
    states: Mapping[str, str]
    state_meanings: Mapping[str, str]
    causes: Mapping[str, str]
    qualities: Mapping[str, str]
    schemes: Mapping[str, str]

    @classmethod
    def of(cls, _: Callable[[str], str]) -> "Labels":
        """The names as ``_`` translates them."""
        return cls(
            types=_types(_),
            access={
                "open": _("Open access"),
                "embargoed": _("Open after an embargo"),
                "restricted": _("Restricted access"),
                "metadata-only": _("Record only"),
                "unknown": _("Access not stated"),
            },
            roles=_roles(_),
            states={
                "well": _("Working"),
                "late": _("Delayed"),
                "failing": _("Not responding"),
                "resting": _("Paused"),
                "off": _("Not connected"),
                "never_reached": _("Not reached yet"),
            },
            state_meanings={
                "well": _("Read in full on schedule."),
                "late": _("Not read in full for much longer than planned. You see our last copy."),
                "failing": _("The last attempt failed. You see our last copy."),
                "resting": _(
                    "Waiting at its wish, or half-way through its list. You see what has arrived."
                ),
                "off": _("Known to us, but not read."),
                "never_reached": _("No attempt has succeeded yet, so nothing of it is here."),
            },
            causes=_causes(_),
            qualities={
                "title": _("Title"),
                "creator": _("Author"),
                "year": _("Year"),
                "subject": _("Subjects"),
                "abstract": _("Abstract"),
                "identifier": _("Identifier"),
            },
            schemes={
                "doi": "DOI",
                "isbn": "ISBN",
                "issn": "ISSN",
                "hdl": "Handle",
                "arxiv": "arXiv",
                "url": "URL",
                "patent": _("Patent number"),
                "local": _("Number at the source"),
                "UDC": _("UDC"),
                "BBK": _("BBK"),
                "GRNTI": _("GRNTI"),
                "IPC": _("IPC"),
                "FORD": _("FORD"),
            },
        )


def _causes(_: Callable[[str], str]) -> Mapping[str, str]:
    """What is the matter with a source (`aggregator.causes`), for readers."""
    return {
        "unreached": _("Its server does not answer."),
        "busy": _("Its server is busy and asks us to come back later."),
        "server": _("Its server answers with errors."),
        "refused": _("Its server does not let us in."),
        "certificate": _("The certificate of its server cannot be trusted."),
        "address": _("Its records are not found at the address that we know."),
        "request": _("It does not give its records in the way that we ask for them."),
        "damaged": _("Its answers arrive damaged."),
        "gaps": _("Part of its list could not be had."),
        "circle": _("Its list goes in a circle."),
        "large": _("Its answers are larger than we take."),
        "settings": _("Our settings for it are wrong."),
        "here": _("Our own machine could not go on."),
        "fault": _("We made a mistake in reading it."),
        "short": _("It sent fewer records than it says it has."),
        "unswept": _("Many of its records did not come any more; we keep them for now."),
        "renamed": _("Its records seem to have other identifiers now; we keep the old ones too."),
        "fewer": _("It has far fewer records than before."),
        "unread": _("Many of its records could not be read."),
    }


def _types(_: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "book": _("Book"),
        "chapter": _("Chapter"),
        "article": _("Article"),
        "journal": _("Journal"),
        "conference": _("Conference paper"),
        "thesis": _("Dissertation"),
        "report": _("Report"),
        "preprint": _("Preprint"),
        "patent": _("Patent"),
        "dataset": _("Data set"),
        "software": _("Software"),
        "textbook": _("Textbook"),
        "project": _("Project"),
        "map": _("Map"),
        "image": _("Image"),
        "sound": _("Sound recording"),
        "video": _("Video"),
        "score": _("Sheet music"),
        "review": _("Review"),
        "manuscript": _("Manuscript"),
        "website": _("Website"),
        "other": _("Other"),
    }


def _roles(_: Callable[[str], str]) -> Mapping[str, str]:
    """MARC relator codes (id.loc.gov/vocabulary/relators) that libraries here use most."""
    return {
        "aut": _("Author"),
        "edt": _("Editor"),
        "com": _("Compiler"),
        "trl": _("Translator"),
        "ths": _("Academic supervisor"),
        "opn": _("Opponent"),
        "ill": _("Illustrator"),
        "ctb": _("Contributor"),
        "rev": _("Reviewer"),
        "nrt": _("Narrator"),
        "cmp": _("Composer"),
        "ctg": _("Cartographer"),
        "pht": _("Photographer"),
        "pbl": _("Publisher"),
        "isb": _("Issuing body"),
        "aui": _("Author of the introduction"),
        "aft": _("Author of the afterword"),
        "inv": _("Inventor"),
        "pta": _("Applicant"),
        "dgg": _("Degree-granting institution"),
    }
