"""Reads `schemes/*.toml` strictly, and makes the domain's schemes of them.

An unknown key, a repeated order or code, a pattern that does not compile, a category that does not exist, an
example that another rule decides: each stops the start, naming file, line, key and cure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chassis.rules import RuleFileInvalid, load_rules
from services.catalog.domain.findings import Context, FindingRules
from services.catalog.domain.form_rules import FormRules
from services.catalog.domain.gaps import GapRules
from services.catalog.domain.removal import RemovalRules
from services.catalog.domain.scheme import Label, Scheme
from services.catalog.domain.titles import TitleForm
from services.catalog.rules.enum_file import EnumWords, load_enums
from services.catalog.rules.fact_file import fact_rules
from services.catalog.rules.finding_file import load_findings
from services.catalog.rules.gap_file import load_gaps
from services.catalog.rules.imaging_file import ImagingFile, ImagingRules
from services.catalog.rules.print_file import PrintFile
from services.catalog.rules.removal_file import load_removal
from services.catalog.rules.scheme_file import SchemeFile
from services.catalog.rules.shelf_file import ShelfFile, ShelfRules
from services.catalog.rules.title_file import TitleFile

_FOLDER = Path(__file__).with_name("schemes")
_IMAGING = Path(__file__).with_name("imaging.toml")
_PRINTS = Path(__file__).with_name("prints.toml")
_SHELF = Path(__file__).with_name("shelf.toml")
_TITLES = Path(__file__).with_name("titles.toml")
DEFAULT_SCHEME = "r2018"


@dataclass(frozen=True)
class CatalogRules:
    """Every rule book of the catalog, and the digest of each file: schemes by their id, the others by their name."""

    schemes: Mapping[str, Scheme]
    digests: Mapping[str, str]
    shelf: ShelfRules
    titles: TitleForm
    enums: Mapping[str, EnumWords]
    prints: FormRules
    removal: RemovalRules
    imaging: ImagingRules
    findings: FindingRules
    gaps: GapRules

    @cached_property
    def contexts(self) -> Mapping[str, Context]:
        """What a review knows beside the dossier, by scheme, with the titles that it has read so far."""
        return {name: Context(scheme, self.titles, self.findings) for name, scheme in self.schemes.items()}


def load_catalog_rules(folder: Path = _FOLDER) -> CatalogRules:
    """Read every scheme; RuleFileInvalid when one is at fault."""
    fact_rules()  # a fault in facts.toml stops the start too
    schemes: dict[str, Scheme] = {}
    digests: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        scheme, digest = load_scheme(path)
        if scheme.id != path.stem:
            cure = "文件名与 id 须一致。Give file and scheme one name."
            raise RuleFileInvalid(path, None, "id", f"{scheme.id} 与文件名不同 is not the file's name", cure)
        schemes[scheme.id] = scheme
        digests[scheme.id] = digest
    shelf, digests["shelf"] = load_rules(_SHELF, ShelfFile)
    titles, digests["titles"] = load_rules(_TITLES, TitleFile)
    prints, digests["prints"] = load_rules(_PRINTS, PrintFile)
    enums, digests["enums"] = load_enums()
    enums["scheme"] = _scheme_words(schemes)
    removal, digests["removal"] = load_removal()
    imaging, digests["imaging"] = load_rules(_IMAGING, ImagingFile)
    findings, digests["findings"] = load_findings()
    gaps, digests["gaps"] = load_gaps()
    return CatalogRules(
        schemes=schemes,
        digests=digests,
        shelf=shelf.rules(),
        titles=titles.form(),
        enums=enums,
        prints=prints.rules(),
        removal=removal,
        imaging=imaging.rules(digests["imaging"]),
        findings=findings,
        gaps=gaps,
    )


def _scheme_words(schemes: Mapping[str, Scheme]) -> EnumWords:
    """The schemes as a vocabulary: codes with their words, and the one of new dossiers first."""
    order = sorted(schemes, key=lambda code: (code != DEFAULT_SCHEME, code))
    return EnumWords(Label("归档方案", "Classification schemes"), {code: schemes[code].title for code in order})


def title_form() -> TitleForm:
    """How titles are written, alone: a command explains a title without reading all other rules."""
    return load_rules(_TITLES, TitleFile)[0].form()


def load_scheme(path: Path) -> tuple[Scheme, str]:
    """One scheme file and its digest, whatever it is called; RuleFileInvalid when it is at fault."""
    read, digest = load_rules(path, SchemeFile)
    return read.scheme(), digest
