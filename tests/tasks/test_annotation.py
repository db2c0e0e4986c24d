"""Annotate: the rules one by one, then the operation over the catalog."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from demo.catalog import generate, seed_catalog
from store import batches, catalog
from store.catalog import NodeFilter
from store.database import Database
from store.users import UserRow
from tasks.annotation.annotator import FunctionText
from tasks.annotation.classify import business_area, complexity, personal_data
from tasks.annotation.local import MAX_SUMMARY_CHARS, LocalAnnotator, extract_keywords, summarise
from tasks.annotation.quality import score
from tasks.annotation.words import singular, words_of
from tasks.engine.batches import BatchRequest
from tasks.operation import Context, Item, ItemError, SourceRequest, discover
from tasks.operation import Skip as SkipItem
from tasks.operations.annotate import AnnotateOptions, annotate
from tasks.sources.catalog import CatalogFilters, CatalogSource
from tests.conftest import Workbench

INVOICE = FunctionText(
    title="Create customer invoice",
    description="Records a customer invoice and checks that every mandatory field is filled before saving. "
    "The result feeds the month-end figures of head office.",
    kind="form",
    area="finance",
    tags=("create", "receivables", "invoice"),
    fields=("invoice number", "due date", "amount"),
    steps=3,
)
PARTS = {"title": 20, "description": 30, "information": 20, "tags": 15, "area": 15}


def quality_of(function: FunctionText) -> tuple[float, dict[str, Any]]:
    area, confidence = business_area(function)
    total, parts = score(function, ["invoice", "amount"], area, confidence)
    return total, {part.name: part for part in parts}


def node(**values: Any) -> dict[str, Any]:
    return {
        "title": "Create invoice",
        "kind": "form",
        "area": "finance",
        "tags": [],
        "description": "Records an invoice.",
        "meta": {},
        "annotated": False,
    } | values


def run(data: dict[str, Any], **options: Any) -> dict[str, Any]:
    chosen = AnnotateOptions(**options)
    return annotate(Item(0, "a", data), chosen, Context("batch", "owner", chosen))


@pytest.mark.parametrize(
    ("plural", "expected"),
    [("invoices", "invoice"), ("entries", "entry"), ("boxes", "box"), ("status", "status"), ("gas", "gas")],
)
def test_both_numbers_of_a_word_are_one_word(plural: str, expected: str) -> None:
    assert singular(plural) == expected


def test_words_leave_out_what_says_nothing() -> None:
    assert words_of("The users of THE Invoices, a") == ["invoice"]


@pytest.mark.parametrize("most", [1, 3, 8, 20])
def test_no_more_keywords_than_asked_for_and_none_twice(most: int) -> None:
    keywords = extract_keywords(INVOICE, most)
    assert 1 <= len(keywords) <= most
    assert len(set(keywords)) == len(keywords)
    assert all(word == word.lower().strip() for word in keywords)
    assert most < 3 or "invoice" in " ".join(keywords)


def test_a_text_without_words_has_no_keywords() -> None:
    assert extract_keywords(FunctionText(title="1234 !!"), 8) == []


@pytest.mark.parametrize(
    ("function", "level", "evidence"),
    [
        (FunctionText(title="Display stock level", fields=("material", "quantity")), "none", []),
        (FunctionText(title="Change account", fields=("e-mail address",)), "personal", ["e-mail address"]),
        (FunctionText(title="Print payslip", fields=("employee",)), "sensitive", ["payslip"]),
        (FunctionText(title="Show", fields=("IBAN", "phone")), "sensitive", ["iban"]),
        (FunctionText(title="Show", description="Lists each diagnosis."), "sensitive", ["diagnosis"]),
        (FunctionText(title="Show site", fields=("name", "quantity")), "personal", ["name"]),
        (FunctionText(title="Show site", description="Names the employee."), "personal", ["employee"]),
    ],
)
def test_personal_data_is_found_with_the_words_that_show_it(
    function: FunctionText, level: str, evidence: list[str]
) -> None:
    assert personal_data(function) == (level, evidence)


def test_how_many_people_use_a_function_is_no_personal_data() -> None:
    text = "Used daily by about 64 people in the central desk."
    assert personal_data(FunctionText(title="Display stock level", description=text))[0] == "none"


def test_the_business_area_follows_the_words_of_the_text() -> None:
    assert business_area(INVOICE)[0] == "finance"
    payroll = FunctionText(title="Print payslip", fields=("gross salary",))
    assert business_area(payroll)[0] == "hr"
    assert business_area(FunctionText(title="Zzz qqq")) == (None, 0.0)
    assert 0.0 < business_area(INVOICE)[1] <= 1.0


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (FunctionText(title="x", steps=2), "low"),
        (FunctionText(title="x", steps=6), "low"),
        (FunctionText(title="x", steps=7), "medium"),
        (FunctionText(title="x", steps=6, kind="workflow"), "medium"),
        (FunctionText(title="x", steps=6, fields=("a",) * 10), "high"),
        (FunctionText(title="x", steps=6, description="If so, or when not, unless it depends."), "medium"),
    ],
)
def test_complexity_counts_steps_fields_parties_and_conditions(function: FunctionText, expected: str) -> None:
    assert complexity(function) == expected


def test_the_quality_score_is_the_sum_of_its_explained_parts() -> None:
    for data in generate(200):
        function = FunctionText(
            title=data["title"], description=data.get("description") or "", area=data["area"]
        )
        total, parts = quality_of(function)
        assert {name: part.most for name, part in parts.items()} == PARTS
        assert all(0 <= part.points <= part.most and part.reason for part in parts.values())
        assert total == pytest.approx(sum(part.points for part in parts.values()), abs=0.05)


def test_a_well_described_function_has_full_marks() -> None:
    assert quality_of(INVOICE)[0] == 100


@pytest.mark.parametrize(
    ("values", "part", "points"),
    [
        ({"title": "Invoice"}, "title", 10),
        ({"title": "CREATE INVOICE"}, "title", 5),
        ({"title": " ".join(["word"] * 11)}, "title", 10),
        ({"description": ""}, "description", 0),
        ({"description": "one two three"}, "description", 7.5),
        ({"description": " ".join(f"w{n}" for n in range(120))}, "description", 15),
        ({"description": ""}, "information", 0),
        ({"description": "Create customer invoice"}, "information", 0),
        ({"tags": ()}, "tags", 0),
        ({"tags": ("a", "a", "b")}, "tags", 10),
        ({"area": None}, "area", 0),
    ],
)
def test_each_fault_costs_points_in_its_own_part(values: dict[str, Any], part: str, points: float) -> None:
    faulty = {name: getattr(INVOICE, name) for name in INVOICE.__slots__} | values
    assert quality_of(FunctionText(**faulty))[1][part].points == points


def test_a_text_that_reads_like_another_area_costs_points_and_says_so() -> None:
    total, parts = quality_of(FunctionText(title="Print payslip", fields=("gross salary",), area="finance"))
    assert parts["area"].points < 15
    assert "hr" in parts["area"].reason
    assert total < 100


def test_a_summary_is_the_first_sentence_or_made_of_title_and_fields() -> None:
    assert summarise(INVOICE).startswith("Records a customer invoice")
    assert summarise(FunctionText(title="Pay", fields=("a", "b", "c", "d"))) == "Pay with a, b, c"
    long = summarise(FunctionText(title="x", description="word " * 100))
    assert len(long) <= MAX_SUMMARY_CHARS
    assert long.endswith("…")


@pytest.mark.parametrize("text", ["", "数据 处理", "\x00\x01", "😀" * 50, "a" * 5000, "İ ß ﬁ"])
def test_any_text_can_be_annotated(text: str) -> None:
    result = LocalAnnotator().annotate(FunctionText(title=text, description=text), 8).as_json()
    assert 0 <= result["quality"] <= 100


def test_an_annotated_function_is_skipped_unless_it_is_to_be_replaced() -> None:
    with pytest.raises(SkipItem, match="annotated already"):
        run(node(annotated=True), overwrite=False)
    assert run(node(annotated=True), overwrite=True)["keywords"]
    assert run(node(), overwrite=False)["keywords"]


def test_a_function_without_a_title_fails_by_field_and_rule() -> None:
    with pytest.raises(ItemError) as caught:
        run(node(title="  "))
    assert (caught.value.field, caught.value.rule) == ("title", "required")


@pytest.mark.parametrize("meta", [None, {}, {"fields": "none"}, {"fields": [1, None], "steps": "many"}])
def test_meta_of_any_shape_is_taken(meta: Any) -> None:
    assert run(node(meta=meta, tags=None, description=None))["complexity"] == "low"


@pytest.mark.parametrize("values", [{"maxKeywords": 0}, {"maxKeywords": 21}, {"provider": "x"}, {"more": 1}])
def test_options_outside_their_range_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AnnotateOptions.model_validate(values)


def test_every_field_of_the_forms_has_a_title_and_a_description() -> None:
    for model in (AnnotateOptions, CatalogFilters):
        for name, field in model.model_json_schema()["properties"].items():
            assert field["title"], name
            assert field["description"], name


def test_the_source_counts_and_streams_what_the_filters_choose(database: Database) -> None:
    seed_catalog(database, 500)
    source = CatalogSource()
    for filters in ({}, {"areas": ["finance"]}, {"q": "invoice"}, {"limit": 7}, {"onlyMissing": True}):
        request = SourceRequest(database, CatalogFilters.model_validate(filters), AnnotateOptions())
        keys = [key for key, _ in source.items(request, None)]
        assert source.count(request) == len(keys) == len(set(keys)) > 0
        assert keys == sorted(keys)


def test_a_limit_holds_over_slices(database: Database) -> None:
    seed_catalog(database, 100)
    first = SourceRequest(database, CatalogFilters(limit=10), AnnotateOptions())
    keys = [key for key, _ in CatalogSource().items(first, None)]
    rest = SourceRequest(database, CatalogFilters(limit=10), AnnotateOptions(), planned=6)
    assert [key for key, _ in CatalogSource().items(rest, keys[5])] == keys[6:]


def test_a_batch_writes_its_annotations_to_the_nodes(workbench: Workbench, user: UserRow) -> None:
    seed_catalog(workbench.database, 300)
    request = BatchRequest(operation="annotate", filters={"limit": 60}, options={"maxKeywords": 3})
    batch = workbench.batches.create(user.id, request)
    workbench.drain()
    with workbench.database.read() as connection:
        done = batches.get(connection, batch.id)
        assert catalog.count(connection, NodeFilter(only_missing=True)) == 240
    assert done is not None
    assert (done.status, done.total, done.successful, done.failed) == ("completed", 60, 60, 0)
    annotated = [row for row in catalog.stream(workbench.database, NodeFilter(), None) if row.annotated_ms]
    assert len(annotated) == 60
    for row in annotated:
        assert 1 <= len(row.keywords) <= 3
        assert row.pii in ("none", "personal", "sensitive")
        assert row.complexity in ("low", "medium", "high")
        assert 0 <= row.quality <= 100


def test_a_second_batch_skips_what_the_first_has_done(workbench: Workbench, user: UserRow) -> None:
    seed_catalog(workbench.database, 40)
    for options in ({}, {"overwrite": False}):
        batch = workbench.batches.create(
            user.id, BatchRequest(operation="annotate", filters={}, options=options)
        )
        workbench.drain()
    with workbench.database.read() as connection:
        done = batches.get(connection, batch.id)
    assert done is not None
    assert (done.skipped, done.successful, done.processed) == (40, 0, 40)


def test_the_operation_loads_its_library_before_the_first_item() -> None:
    assert discover()["annotate"].prepare is not None
