"""`/api/functions`: the catalog."""

from __future__ import annotations

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from errors import NotFound
from realtime.contract.presentation import to_batch
from store import catalog, catalog_tree
from store.clock import to_datetime_or_none
from tasks.engine.batches import BatchRequest
from tasks.operations.catalog_files import ADD, RELOAD
from tasks.operations.catalog_index import REINDEX
from tasks.sources.folder import files_in
from webapp.api.schemas.batches import BatchResponse
from webapp.api.schemas.catalog import (
    Area,
    AreasResponse,
    Breadcrumb,
    CatalogFilesRequest,
    ChildrenQuery,
    NodePath,
    NodeResponse,
    NodesResponse,
    NodeSummary,
    SearchQuery,
    SearchResponse,
)
from webapp.api.schemas.common import Failure, IdempotencyHeader
from webapp.http.guards import BEARER, current_user, require_login, services
from webapp.http.rate_limits import check_rate

STARTED: dict[str | int, Any] = {
    201: BatchResponse,
    200: BatchResponse,
    403: Failure,
    409: Failure,
    429: Failure,
}

api = APIBlueprint(
    "functions",
    __name__,
    url_prefix="/api/functions",
    abp_tags=[Tag(name="functions", description="The catalog of ERP functions")],
    abp_security=BEARER,
    abp_responses={401: Failure, 404: Failure, 422: Failure},
)
api.before_request(require_login)


@api.get("/areas", responses={200: AreasResponse})
def list_areas() -> dict[str, Any]:
    """List the business areas with how many functions each has"""
    with services().engine.database.read() as connection:
        areas = [Area(**area) for area in catalog.areas(connection)]
    return AreasResponse(areas=areas).dump()


@api.get("/index", responses={200: NodesResponse})
def list_top(query: ChildrenQuery) -> dict[str, Any]:
    """List the nodes at the top of the tree"""
    return _children(None, query)


@api.get("/nodes/<path:node_id>/children", responses={200: NodesResponse})
def list_children(path: NodePath, query: ChildrenQuery) -> dict[str, Any]:
    """List the nodes right below a node"""
    with services().engine.database.read() as connection:
        if catalog.get(connection, path.node_id) is None:
            raise NotFound(f"There is no node {path.node_id}")
    return _children(path.node_id, query)


@api.get("/nodes/<path:node_id>", responses={200: NodeResponse})
def show_node(path: NodePath) -> dict[str, Any]:
    """Show a node with the way to it"""
    with services().engine.database.read() as connection:
        row = catalog.get(connection, path.node_id)
        if row is None:
            raise NotFound(f"There is no node {path.node_id}")
        above = catalog_tree.ancestors(connection, row.parent_id)
    fields = {name: value for name, value in row._mapping.items() if name in NodeResponse.model_fields}
    breadcrumbs = [Breadcrumb(id=node_id, title=title) for node_id, title in above]
    annotated_at = to_datetime_or_none(row.annotated_ms)
    return NodeResponse(**fields, annotated_at=annotated_at, breadcrumbs=breadcrumbs).dump()


@api.get("/search", responses={200: SearchResponse})
def search(query: SearchQuery) -> dict[str, Any]:
    """Find nodes by the words of their title, id, description and tags"""
    with services().engine.database.read() as connection:
        page, facets = catalog_tree.search(
            connection, query.q, query.area, query.kind, query.offset, query.limit
        )
    nodes = [NodeSummary(**row._mapping) for row in page]
    return SearchResponse(nodes=nodes, total=sum(facets["kind"].values()), facets=facets).dump()


@api.post("/reload", responses=STARTED)
def reload(header: IdempotencyHeader, body: CatalogFilesRequest) -> tuple[dict[str, Any], int]:
    """Start to make the catalog what the files in its folder say; for admins

    Where files are named, only those are read, and nothing is deleted.
    """
    return _start_files(RELOAD, body, header.idempotency_key)


@api.post("/add-files", responses=STARTED)
def add_files(header: IdempotencyHeader, body: CatalogFilesRequest) -> tuple[dict[str, Any], int]:
    """Start to add files of the catalog's folder, without deleting anything; for admins"""
    return _start_files(ADD, body, header.idempotency_key)


@api.post("/reindex", responses=STARTED)
def reindex(header: IdempotencyHeader) -> tuple[dict[str, Any], int]:
    """Start to make anew what the search looks through; for admins"""
    return _start(REINDEX, {}, header.idempotency_key)


def _start_files(operation: str, body: CatalogFilesRequest, key: str | None) -> tuple[dict[str, Any], int]:
    # What is not there is said at once; the files themselves are read by a worker.
    if current_user().is_admin:
        files_in(services().settings.effective_catalog_dir, body.files)
    return _start(operation, {"files": body.files}, key)


def _start(operation: str, filters: dict[str, Any], key: str | None) -> tuple[dict[str, Any], int]:
    user = current_user()
    services().engine.maintenance.check_may_start(user)
    limit = services().settings.batches_per_minute
    check_rate(services().engine.emitter.redis, f"create:{user.id}", limit)
    wanted = BatchRequest(operation=operation, filters=filters, idempotency_key=key)
    batch, is_new = services().batches.find_or_create(user.id, wanted)
    return BatchResponse(batch=to_batch(batch)).dump(), 201 if is_new else 200


def _children(parent_id: str | None, query: ChildrenQuery) -> dict[str, Any]:
    with services().engine.database.read() as connection:
        rows = catalog_tree.children(connection, parent_id, query.offset, query.limit + 1)
    nodes = [NodeSummary(**row._mapping) for row in rows[: query.limit]]
    return NodesResponse(nodes=nodes, has_more=len(rows) > query.limit).dump()
