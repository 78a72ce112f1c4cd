"""What may be written under ``overrides:``: a rule for each place that has a name there."""

from datetime import date
from functools import cache
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from aggregator.normalize import dates, language
from aggregator.overrides.places import place
from aggregator.pattern import checked
from aggregator.record import Access, RecordType
from aggregator.wording import say
from aggregator.yamlmodel import ONE_OR_MORE


@cache
def this_year() -> int:
    """A bound for dates. Read once: it is two years ahead, so a process may run past New Year."""
    return date.today().year


def _code(text: str) -> str:
    if not language(text):
        raise ValueError(
            say("found '{word}'; it must be a code of a language: ky, ru, en, …", word=text)
        )
    return language(text)


def _dated(text: str) -> str:
    if not dates(text, this_year()).min:
        raise ValueError(
            say("found '{word}'; it must be a year or a date: 2009, 2009-05-31", word=text)
        )
    return text


class Override(BaseModel):
    """What becomes of one place of a Record: take, split, regex, map and default, in this order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    take: Annotated[
        tuple[Annotated[str, AfterValidator(place)], ...],
        ONE_OR_MORE,
    ] = Field(
        default=(),
        min_length=1,
        description="the place, or list of places, whose values are put here: a field (subjects), "
        "a part (container.title), one kind (subjects.UDC), or other.LABEL for what no field "
        "holds; if absent, the place's own values",
    )
    split: str = Field(
        default="", min_length=1, description="what stands between several values: ';'"
    )
    regex: Annotated[str, AfterValidator(checked)] = Field(
        default="",
        min_length=1,
        description="of each value only what this finds is kept (its first group, if it has one); "
        "write it in single quotes",
    )
    map: dict[str, str] = Field(
        default={},
        min_length=1,
        description='the partner\'s word: the word to put in its place, "" to put it out',
    )
    default: str = Field(
        default="", min_length=1, description="the value where there is none otherwise"
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            keys = ", ".join(type(self).model_fields)
            raise ValueError(say("give at least one of {keys}", keys=keys))
        return self


class TypeOverride(Override):
    map: dict[str, RecordType] = Field(  # type: ignore[assignment]
        default={}, min_length=1, description="the partner's word: a type of Ilim's"
    )
    default: RecordType | None = Field(  # type: ignore[assignment]
        default=None, description="the type where none was understood"
    )


class AccessOverride(Override):
    map: dict[str, Access] = Field(  # type: ignore[assignment]
        default={}, min_length=1, description="the partner's word: a kind of access of Ilim's"
    )
    default: Access | None = Field(  # type: ignore[assignment]
        default=None, description="the access where none was understood"
    )


class LanguagesOverride(Override):
    map: dict[str, Annotated[str, AfterValidator(_code)]] = Field(
        default={}, min_length=1, description="the partner's word: the code of a language"
    )
    default: Annotated[str, AfterValidator(_code)] = Field(
        default="", description="the code of the language where none is named"
    )


class IssuedOverride(Override):
    default: Annotated[str, AfterValidator(_dated)] = Field(
        default="", description="the year or date where none was understood"
    )


def _rule(description: str, alias: str | None = None) -> Any:
    return Field(default=None, alias=alias, description=description)


class Overrides(BaseModel):
    """Place of a Record -> its rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titles: Override = _rule("all titles; new ones become main titles")
    titles_main: Override = _rule("main titles", "titles.main")
    titles_alternative: Override = _rule("other titles", "titles.alternative")
    titles_parallel: Override = _rule("titles in another language", "titles.parallel")
    creators: Override = _rule("people and bodies; new ones become authors")
    creators_aut: Override = _rule("authors", "creators.aut")
    creators_edt: Override = _rule("editors", "creators.edt")
    creators_trl: Override = _rule("translators", "creators.trl")
    creators_ths: Override = _rule("supervisors of a thesis", "creators.ths")
    abstracts: Override = _rule("abstracts")
    contents: Override = _rule("tables of contents")
    subjects: Override = _rule("all subjects; new ones are in no scheme")
    subjects_udc: Override = _rule("numbers of the UDC", "subjects.UDC")
    subjects_grnti: Override = _rule("numbers of the GRNTI", "subjects.GRNTI")
    subjects_bbk: Override = _rule("marks of the BBK", "subjects.BBK")
    subjects_ipc: Override = _rule("marks of the IPC", "subjects.IPC")
    subjects_ford: Override = _rule("fields of FORD", "subjects.FORD")
    type: TypeOverride = _rule("what kind of thing it is")
    languages: LanguagesOverride = _rule("languages of the thing itself")
    issued: IssuedOverride = _rule("when it was issued")
    publisher: Override = _rule("publishers")
    edition: Override = _rule("the edition")
    series: Override = _rule("the series")
    part: Override = _rule("number or name of a part")
    container_title: Override = _rule("title of its journal or book", "container.title")
    container_issn: Override = _rule("ISSN of its journal", "container.issn")
    container_volume: Override = _rule("volume of its journal", "container.volume")
    container_issue: Override = _rule("issue of its journal", "container.issue")
    container_pages: Override = _rule("pages in its journal or book", "container.pages")
    extent: Override = _rule("pages, minutes, size")
    notes: Override = _rule("notes")
    identifiers: Override = _rule("all identifiers; the scheme of new ones is found out")
    identifiers_doi: Override = _rule("DOIs", "identifiers.doi")
    identifiers_isbn: Override = _rule("ISBNs", "identifiers.isbn")
    identifiers_issn: Override = _rule("ISSNs", "identifiers.issn")
    identifiers_hdl: Override = _rule("handles", "identifiers.hdl")
    identifiers_patent: Override = _rule("numbers of patents", "identifiers.patent")
    identifiers_local: Override = _rule("the partner's own numbers", "identifiers.local")
    links: Override = _rule("all addresses; new ones lead to a page about the thing")
    links_fulltext: Override = _rule("addresses of the full text", "links.fulltext")
    links_landing: Override = _rule("pages about the thing", "links.landing")
    links_thumbnail: Override = _rule("small pictures", "links.thumbnail")
    holdings: Override = _rule("libraries that have copies")
    access: AccessOverride = _rule("who may read it")
    licence: Override = _rule("the licence")
    rights: Override = _rule("statements of rights")
    related: Override = _rule("related things; how new ones are related is not said")
    related_part_of: Override = _rule("what it is a part of", "related.IsPartOf")
    thesis_degree: Override = _rule("degree of a thesis", "thesis.degree")
    thesis_institution: Override = _rule("where it was defended", "thesis.institution")
    patent_applicant: Override = _rule("applicant of a patent", "patent.applicant")
    patent_application_number: Override = _rule(
        "number of the application", "patent.application_number"
    )
    patent_ipc: Override = _rule("marks of the IPC of a patent", "patent.ipc")
    project_donor: Override = _rule("who pays for a project", "project.donor")
    project_budget: Override = _rule("budget of a project", "project.budget")
    project_start: Override = _rule("begin of a project", "project.start")
    project_end: Override = _rule("end of a project", "project.end")
    level: Override = _rule("level of readers: school, master's programme")

    def rules(self) -> dict[str, Override]:
        """Place -> its rule, for those that the YAML has."""
        fields = type(self).model_fields
        found = {field.alias or key: getattr(self, key) for key, field in fields.items()}
        return {key: rule for key, rule in found.items() if rule is not None}

    @model_serializer
    def _written(self) -> dict[str, dict[str, object]]:
        """As the YAML has it."""
        return {key: rule.model_dump(exclude_defaults=True) for key, rule in self.rules().items()}

    def words(self) -> str:
        """What was written, in one form: changes when any rule does."""
        return self.model_dump_json()
